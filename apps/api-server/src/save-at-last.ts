import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { toAppError } from '@tandem/schemas'

const retryEveryMs = 1000
const retries = 5

export interface SaveOptions {
  logger: Logger
  /** What the log says of a try that failed. */
  failure: string
  /** Nothing is tried again while the server closes. */
  isClosing: () => boolean
}

/**
 * A write that must not be lost: tried again while the storage is busy. The caller waits for the first try
 * only, which has the storage's own patience.
 */
export function saveAtLast(
  save: () => Promise<unknown>,
  { logger, failure, isClosing }: SaveOptions,
): { first: Promise<boolean>; done: Promise<void> } {
  const attempt = async (): Promise<boolean> => {
    try {
      await save()
      return true
    } catch (thrown) {
      const error = toAppError(thrown)
      logger.warn({ err: error }, failure)
      return error.code !== 'storage_unavailable'
    }
  }
  const first = attempt()
  const retry = async (): Promise<void> => {
    let done = await first
    for (let tries = 0; !done && tries < retries && !isClosing(); tries += 1) {
      await sleep(retryEveryMs)
      done = await attempt()
    }
  }
  return { first, done: retry() }
}
