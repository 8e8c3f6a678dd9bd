import { flushCompileCache } from 'node:module'
import pino from 'pino'
import { findUnknownSettings, type Config, type Secrets } from '@tandem/config'
import { claimDataFolder } from '@tandem/db'
import { listen, onShutdown } from '@tandem/http'
import { createApiApp } from './app.ts'
import { announce } from './auth/announce.ts'
import { ensureAdmin } from './auth/first-admin.ts'
import { checkToolNamesEarly } from './chat/agent/check-tool-names.ts'
import { warnOfDefaultModel } from './default-model/warn-of-default-model.ts'
import { closeDeps, createDeps } from './deps.ts'
import { createLogDestination } from './log-destination.ts'
import { warnOfUnknownSettings } from './warn-of-unknown-settings.ts'

/** The server itself: deps -> app -> listen -> graceful close. */
export async function serve(
  config: Config,
  secrets: Pick<Secrets, 'jwtSecretKey' | 'serviceSecret'>,
): Promise<void> {
  const release = claimDataFolder(config.dataDir, 'main API')
  const destination = createLogDestination(1)
  const logger = pino({ name: 'api-server', level: config.logLevel, base: undefined }, destination)
  const deps = await createDeps({ config, secrets, logger, starting: true })
  const server = await listen(createApiApp(deps), { host: config.host, port: config.mainApiPort })
  // Only with the port ours: a second start by mistake must not cut what the running server is saying.
  await deps.db.messages.recoverInterrupted('all')
  await deps.db.runs.recoverInterrupted()
  const made = await ensureAdmin(deps)
  if (made) announce(made)
  onShutdown(
    async () => {
      logger.info('shutting down')
      await deps.lifecycle.drain(server, config.drainSeconds * 1000)
      await closeDeps(deps)
      release()
      logger.info('stopped')
      destination.flushSync()
    },
    { supervised: config.supervised },
  )
  // For the next start, also after a kill; nothing where no compile cache is set.
  flushCompileCache()
  // Told last: who reads it may send a signal at once.
  deps.lifecycle.open()
  void deps.runRetention.sweep()
  logger.info({ url: server.url, version: deps.version }, 'listening')
  warnOfUnknownSettings(findUnknownSettings(), { config, logger })
  destination.flush()
  // Nobody waits for others that are slow to answer.
  await Promise.all([warnOfDefaultModel(deps), checkToolNamesEarly(deps)])
  destination.flush()
}
