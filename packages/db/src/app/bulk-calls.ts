/** What runs in the worker, so that big writes and sums never hold up a request. */
import type { ErrorCode } from '@tandem/schemas'
import { createApiKeys, type ApiKeys } from './api-keys.ts'
import type { AppStore } from './app-store.ts'
import { createRuns, type Runs } from './runs.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createUsage, type Usage } from './usage.ts'
import { createUsers, type Users } from './users.ts'

export interface BulkCalls {
  insertUsage: Usage['insert']
  summarizeUsage: Usage['summarize']
  summarizeAllUsage: Usage['summarizeAll']
  touchLastUsed: ApiKeys['touchLastUsed']
  removeUser: Users['remove']
  removeSession: Sessions['remove']
  removeOldRuns: Runs['removeOld']
}

export function createBulkCalls(db: AppStore): BulkCalls {
  const usage = createUsage(db)
  return {
    insertUsage: usage.insert,
    summarizeUsage: usage.summarize,
    summarizeAllUsage: usage.summarizeAll,
    touchLastUsed: createApiKeys(db).touchLastUsed,
    removeUser: createUsers(db).remove,
    removeSession: createSessions(db).remove,
    removeOldRuns: createRuns(db).removeOld,
  }
}

/** A call on its way to the worker, and what comes back. */
export type BulkRequest = { id: number; name: keyof BulkCalls; args: unknown[] } | { close: true }

export type BulkReply = { id: number; value: unknown } | { id: number; error: BulkError }

export interface BulkError {
  code: ErrorCode
  message: string
  retryAfterMs: number | undefined
}

export interface BulkWorkerData {
  path: string
  patienceMs: number | undefined
}
