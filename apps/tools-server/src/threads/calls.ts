/** What passes between a thread and its caller. */
import type { ErrorCode } from '@tandem/schemas'

/** A thread's calls, by name. */
export type CallMap<Calls> = {
  [Name in keyof Calls]: (...args: never[]) => unknown
}

export type CallRequest = { id: number; name: string; args: unknown[] } | { close: true }

export type CallReply = { id: number; value: unknown } | { id: number; error: CallError }

export interface CallError {
  code: ErrorCode
  message: string
  retryAfterMs: number | undefined
  /** What caused it, for the log. */
  why: string | undefined
}
