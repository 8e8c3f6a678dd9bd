import pino from 'pino'
import { loadConfig, loadSecrets } from '@tandem/config'
import { listen, onShutdown, runMain } from '@tandem/http'
import { createToolsApp } from './app.ts'
import { createDeps } from './deps.ts'

/** The tools server: config -> deps -> app -> listen -> graceful close. */
async function main(): Promise<void> {
  const config = loadConfig()
  const { serviceSecret } = loadSecrets({
    dataDir: config.dataDir,
    given: config,
    names: ['serviceSecret'],
  })
  const logger = pino({ name: 'tools-server', level: config.logLevel, base: undefined })
  const deps = await createDeps({ promptsDir: config.promptsDir, serviceSecret, logger })
  const server = await listen(createToolsApp(deps), { host: config.host, port: config.toolsPort })
  logger.info({ url: server.url, tools: [...deps.tools.keys()] }, 'listening')
  onShutdown(
    async () => {
      logger.info('shutting down')
      await deps.lifecycle.drain(server, config.drainSeconds * 1000)
      logger.info('stopped')
    },
    { supervised: config.supervised },
  )
}

await runMain(main)
