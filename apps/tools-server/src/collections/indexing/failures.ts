/** Steps that failed: how often they are tried again, and what is said of a document that was given up. */
import { setTimeout as sleep } from 'node:timers/promises'
import { toAppError } from '@tandem/schemas'
import type { IndexingFailure, IndexingJob } from '@tandem/db'
import type { Caller } from '../../threads/caller.ts'
import type { IndexCalls } from '../threads/index-calls.ts'

export interface FailuresOptions {
  thread: Caller<IndexCalls>
  onError: (error: unknown) => void
  /** Before the second try; doubled each time. */
  retryMs: number
  signal: AbortSignal
}

export interface Failures {
  /** Waits where it may be tried again, else gives the document up. @throws the abort */
  handle(job: IndexingJob, error: unknown): Promise<void>
  /** It went well. */
  clear(job: IndexingJob): void
}

const maxTries = 4

export function createFailures({ thread, onError, retryMs, signal }: FailuresOptions): Failures {
  const counts = new Map<string, number>()
  return {
    async handle(job, error) {
      signal.throwIfAborted()
      const failure = toFailure(error)
      const isOurs = failure.code === 'server_error'
      if (isOurs) onError(error)
      const count = (counts.get(keyOf(job)) ?? 0) + 1
      if (isOurs && count < maxTries) {
        counts.set(keyOf(job), count)
        await sleep(retryMs * 2 ** (count - 1), undefined, { signal })
        return
      }
      counts.delete(keyOf(job))
      await thread.call('fail', job, failure)
    },
    clear: (job) => void counts.delete(keyOf(job)),
  }
}

function keyOf({ documentRow, version }: IndexingJob): string {
  return `${documentRow} ${version}`
}

function toFailure(error: unknown): IndexingFailure {
  const { status, code, message } = toAppError(error)
  // 429: others are being read.
  if (status >= 500 || status === 429) return { message, code: 'server_error' }
  return { message, code: code === 'document_unsupported' ? 'unsupported_file' : 'invalid_file' }
}
