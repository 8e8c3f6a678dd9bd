/**
 * Lines up the writes of one connection. Only the first in line asks for the lock, so that a held lock costs one short
 * attempt now and then, however many requests wait.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { retryWhileBusy } from './retry.ts'

export interface WriteQueue {
  /** Runs at once where nobody waits. Each write has `patienceMs` from here on to get the lock. */
  add<T>(write: () => T): Promise<T>
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>
}

/** After so long in one go, other work of the process gets its turn. */
const sliceMs = 8

export function createWriteQueue(patienceMs: number): WriteQueue {
  const jobs: (() => Promise<void>)[] = []
  let draining: Promise<void> | undefined

  async function drain(): Promise<void> {
    let since = performance.now()
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      await job()
      if (performance.now() - since > sliceMs) {
        await nextTurn()
        since = performance.now()
      }
    }
    draining = undefined
  }

  return {
    add: (write) =>
      new Promise((resolve, reject) => {
        const deadline = performance.now() + patienceMs
        jobs.push(() => retryWhileBusy(write, deadline).then(resolve, reject))
        draining ??= drain()
      }),
    idle: async () => draining,
  }
}
