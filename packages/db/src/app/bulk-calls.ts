/** What runs in the worker, so that big writes and sums never hold up a request. */
import type { ErrorCode } from '@tandem/schemas'
import { createApiKeys, type ApiKeys } from './api-keys.ts'
import type { AppStore } from './app-store.ts'
import { createMessages, type Messages } from './messages.ts'
import type { Parcel } from './parcel.ts'
import { createRuns, type Runs } from './runs.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createUsage, type UsageTable } from './usage.ts'
import { createUsers, type Users } from './users.ts'

export interface BulkCalls {
  insertUsage: UsageTable['insertRows']
  summarizeUsage: UsageTable['summarize']
  summarizeAllUsage: UsageTable['summarizeAll']
  touchLastUsed: ApiKeys['touchLastUsed']
  removeUser: Users['remove']
  removeSession: Sessions['remove']
  removeOldRuns: Runs['removeOld']
  settleRun: Runs['settle']
  waitingRun: Runs['waiting']
  findWaitingRun: Runs['findWaiting']
  resumeRun: Runs['resume']
  cancelWaitingRun: Runs['cancelWaiting']
  startExchange: Messages['startExchange']
  discardExchange: Messages['discard']
  completeAnswer: Messages['complete']
  interruptAnswer: Messages['interrupt']
  lastMessages: Messages['last']
  listMessages: Messages['list']
}

export function createBulkCalls(db: AppStore): BulkCalls {
  const usage = createUsage(db)
  const messages = createMessages(db)
  const runs = createRuns(db)
  return {
    insertUsage: usage.insertRows,
    summarizeUsage: usage.summarize,
    summarizeAllUsage: usage.summarizeAll,
    touchLastUsed: createApiKeys(db).touchLastUsed,
    removeUser: createUsers(db).remove,
    removeSession: createSessions(db).remove,
    removeOldRuns: runs.removeOld,
    settleRun: runs.settle,
    waitingRun: runs.waiting,
    findWaitingRun: runs.findWaiting,
    resumeRun: runs.resume,
    cancelWaitingRun: runs.cancelWaiting,
    startExchange: messages.startExchange,
    discardExchange: messages.discard,
    completeAnswer: messages.complete,
    interruptAnswer: messages.interrupt,
    lastMessages: messages.last,
    listMessages: messages.list,
  }
}

/** A call on its way to the worker, and what comes back. */
export type BulkRequest = { id: number; name: keyof BulkCalls; args: Parcel } | { close: true }

export type BulkReply = { id: number; result: Parcel } | { id: number; error: BulkError }

export interface BulkError {
  code: ErrorCode
  message: string
  retryAfterMs: number | undefined
}

export interface BulkWorkerData {
  path: string
  patienceMs: number | undefined
}
