import type { Logger } from 'pino'
import type { AppDb } from '@tandem/db'

export interface RunRetention {
  /** Removes what is too old; resolves when all of it is gone. Throws nothing. */
  sweep(): Promise<void>
  /** Stops, after what is being removed. */
  close(): Promise<void>
}

export interface RunRetentionOptions {
  runs: Pick<AppDb['runs'], 'removeOld'>
  /** 0 keeps all. */
  days: number
  logger: Logger
  now(): number
}

const dayMs = 86_400_000

/** Once a day, and whenever it is told to. */
export function createRunRetention(options: RunRetentionOptions): RunRetention {
  let sweeping: Promise<void> | undefined
  let closed = false
  function sweep(): Promise<void> {
    if (options.days === 0 || closed) return Promise.resolve()
    sweeping ??= removeOld(options, () => closed).finally(() => (sweeping = undefined))
    return sweeping
  }
  const timer = setInterval(() => void sweep(), dayMs).unref()
  return {
    sweep,
    async close() {
      closed = true
      clearInterval(timer)
      await sweeping
    },
  }
}

async function removeOld(
  { runs, days, logger, now }: RunRetentionOptions,
  isClosed: () => boolean,
): Promise<void> {
  const before = now() - days * dayMs
  let removed = 0
  try {
    for (let some = 1; some > 0 && !isClosed(); removed += some) some = await runs.removeOld(before)
  } catch (err) {
    logger.warn({ err }, 'old runs cannot be removed; tried again in a day')
  }
  if (removed > 0) logger.info({ removed, days }, 'old runs removed')
}
