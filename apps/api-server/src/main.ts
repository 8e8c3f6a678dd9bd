import { readFileSync } from 'node:fs'
import pino from 'pino'
import { loadConfig, loadSecrets, type Config } from '@tandem/config'
import { createLifecycle, createOpenRequests, listen, onShutdown, runMain } from '@tandem/http'
import { createToolsClient } from '@tandem/tools'
import { createApiApp } from './app.ts'
import { createKeyCheck } from './auth/authenticate.ts'
import type { Deps } from './deps.ts'
import { createModelRegistry } from './models.ts'

/** The main API: config -> deps -> app -> listen -> graceful close. */
async function main(): Promise<void> {
  const config = loadConfig()
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: 4096,
    periodicFlush: 500,
  })
  const logger = pino({ name: 'api-server', level: config.logLevel, base: undefined }, destination)
  const deps = createDeps(config, logger)
  const server = await listen(createApiApp(deps), { host: config.host, port: config.mainApiPort })
  logger.info({ url: server.url, version: deps.version }, 'listening')
  destination.flush()
  onShutdown(
    async () => {
      logger.info('shutting down')
      await deps.lifecycle.drain(server, config.drainSeconds * 1000)
      await Promise.all([deps.registry.close(), deps.toolsServer.close()])
      logger.info('stopped')
      destination.flushSync()
    },
    { supervised: config.supervised },
  )
}

function createDeps(config: Config, logger: pino.Logger): Deps {
  const { adminApiKey, serviceSecret } = loadSecrets({
    dataDir: config.dataDir,
    given: config,
    names: ['adminApiKey', 'serviceSecret'],
  })
  const open = createOpenRequests()
  return {
    config,
    logger,
    version: readVersion(),
    registry: createModelRegistry(config),
    toolsServer: createToolsClient({ baseUrl: config.toolsUrl, secret: serviceSecret }),
    checkKey: createKeyCheck(adminApiKey),
    open,
    lifecycle: createLifecycle(open),
    keepaliveMs: 10_000,
    now: Date.now,
  }
}

function readVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(file) as { version: string }).version
}

await runMain(main)
