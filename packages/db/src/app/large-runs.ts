/** Runs that wait with requests of megabytes: written, read and forgotten by the worker. */
import type { BulkThread } from './bulk-thread.ts'
import { isLarge, largeFrom } from './large-messages.ts'
import type { Runs } from './runs.ts'

export interface LargeRunsOptions {
  /** On this thread. */
  runs: Runs
  bulk: BulkThread
  /** How much a waiting run keeps in the database. */
  sizeOf(owner: string, waiting: { id: string } | { callIds: readonly string[] }): Promise<number>
}

export function createLargeRuns({ runs, bulk, sizeOf }: LargeRunsOptions): Runs {
  const isMuch = async (...of: Parameters<typeof sizeOf>): Promise<boolean> =>
    (await sizeOf(...of)) > largeFrom
  return {
    ...runs,
    settle: (owner, id, end) =>
      isLarge(end.input) ? bulk.call('settleRun', owner, id, end) : runs.settle(owner, id, end),
    waiting: async (owner, id) =>
      (await isMuch(owner, { id })) ? bulk.call('waitingRun', owner, id) : runs.waiting(owner, id),
    findWaiting: async (owner, callIds) =>
      (await isMuch(owner, { callIds }))
        ? bulk.call('findWaitingRun', owner, callIds)
        : runs.findWaiting(owner, callIds),
    resume: async (owner, id, from) =>
      (await isMuch(owner, { id }))
        ? bulk.call('resumeRun', owner, id, from)
        : runs.resume(owner, id, from),
    cancelWaiting: async (owner, id) =>
      (await isMuch(owner, { id }))
        ? bulk.call('cancelWaitingRun', owner, id)
        : runs.cancelWaiting(owner, id),
  }
}
