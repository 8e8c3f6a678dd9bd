import { flushCompileCache } from 'node:module'
import pino from 'pino'
import type { Config, Secrets } from '@tandem/config'
import { claimDataFolder } from '@tandem/db'
import { listen, onShutdown } from '@tandem/http'
import { createToolsApp } from './app.ts'
import { closeDeps, createDeps } from './deps.ts'
import { toDocumentLimits } from './documents/settings.ts'
import { keepTidy } from './files/housekeeping.ts'
import { inspectNanocoder } from './nanocoder/status.ts'
import { createSandbox } from './sandbox/create-sandbox.ts'
import { toSandboxOptions, toScratchLimits } from './sandbox/settings.ts'
import { createDeckRenderer } from './slides/render/index.ts'
import { firstUses } from './tools/calculator/mathjs.ts'
import { warmUp } from './warm-up.ts'

/** The server itself: sandbox -> deps -> app -> listen -> graceful close. */
export async function serve(
  config: Config,
  { serviceSecret }: Pick<Secrets, 'serviceSecret'>,
): Promise<void> {
  const release = claimDataFolder(config.dataDir, 'tools server')
  const startedAt = Date.now()
  const logger = pino({ name: 'tools-server', level: config.logLevel, base: undefined })
  const sandbox = await createSandbox(toSandboxOptions(config))
  const deps = await createDeps({
    sandbox,
    nanocoder: await inspectNanocoder(config),
    scratch: toScratchLimits(config),
    promptsDir: config.promptsDir,
    dataDir: config.dataDir,
    pluginsDir: config.pluginsDir,
    fileLimitBytes: config.fileLimitMb * 2 ** 20,
    fileQuotaBytes: config.fileQuotaMb * 2 ** 20,
    documentLimits: toDocumentLimits(config),
    renderDeck: createDeckRenderer({
      libreOffice: config.slidesLibreOffice,
      slots: config.slidesParallel,
    }),
    serviceSecret,
    logger,
    web: config,
    knowledge: config,
  })
  const server = await listen(createToolsApp(deps), { host: config.host, port: config.toolsPort })
  deps.knowledge.collections.start()
  const stopTidying = keepTidy(deps, { startedAt, logger })
  onShutdown(
    async () => {
      logger.info('shutting down')
      stopTidying()
      await deps.lifecycle.drain(server, config.drainSeconds * 1000)
      await closeDeps(deps)
      await sandbox.close()
      release()
      logger.info('stopped')
    },
    { supervised: config.supervised },
  )
  // For the next start, also after a kill; nothing where no compile cache is set.
  flushCompileCache()
  // Told last: who reads it may send a signal at once.
  logger.info({ url: server.url, tools: [...deps.tools.keys()] }, 'listening')
  await warmUp(firstUses)
}
