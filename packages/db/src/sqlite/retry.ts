/** Waiting for a lock without blocking the thread. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy, storageUnavailable, toStorageError } from './errors.ts'

const firstDelayMs = 5
const longestDelayMs = 150

/**
 * Calls `attempt` until no other connection is in its way. It is called at least once.
 * @param deadline in `performance.now()` time
 * @throws AppError `storage_unavailable` once the deadline has passed, or at once where the disk or the file fails.
 */
export async function retryWhileBusy<T>(attempt: () => T, deadline: number): Promise<T> {
  for (let delay = firstDelayMs; ; delay = Math.min(delay * 1.5, longestDelayMs)) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error)) throw toStorageError(error)
      const left = deadline - performance.now()
      if (left <= 0) throw storageUnavailable(error)
      // Spread, so that two processes that wait for each other do not meet again and again.
      await sleep(Math.min(left, delay * (0.75 + Math.random() / 2)))
    }
  }
}
