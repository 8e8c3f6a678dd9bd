import pino from 'pino'
import type { Config, Secrets } from '@tandem/config'
import { listen, onShutdown } from '@tandem/http'
import { createApiApp } from './app.ts'
import { announce } from './auth/announce.ts'
import { ensureAdmin } from './auth/first-admin.ts'
import { closeDeps, createDeps } from './deps.ts'

/** The server itself: deps -> app -> listen -> graceful close. */
export async function serve(
  config: Config,
  secrets: Pick<Secrets, 'jwtSecretKey' | 'serviceSecret'>,
): Promise<void> {
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: 16_000,
    periodicFlush: 500,
  })
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
      logger.info('stopped')
      destination.flushSync()
    },
    { supervised: config.supervised },
  )
  // Told last: who reads it may send a signal at once.
  deps.lifecycle.open()
  logger.info({ url: server.url, version: deps.version }, 'listening')
  destination.flush()
}
