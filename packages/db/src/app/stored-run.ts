/** A run as it is stored, and what is stored of it as it goes. */
import type { AgentName, RunStatus } from '@tandem/schemas'
import type { StoredEvent } from './run-events.ts'

export interface StoredRun {
  id: string
  /** As it was asked for. */
  agent: AgentName
  model: string
  sessionId: string | null
  status: RunStatus
  /** Null while it runs. */
  stopReason: string | null
  errorCode: string | null
  errorMessage: string | null
  /** The `seq` of its last event. */
  lastSeq: number
  steps: number
  modelCalls: number
  toolCalls: number
  promptTokens: number
  completionTokens: number
  createdAt: number
  updatedAt: number
}

export interface NewRun {
  id: string
  agent: AgentName
  model: string
  sessionId?: string | undefined
}

/** A call that a run waits for. */
export interface RunWait {
  callId: string
  tool: string
  arguments: unknown
}

/** How a run, or a part of it, came to its end. */
export interface RunSettlement {
  status: Exclude<RunStatus, 'running'>
  stopReason: string
  error?: { code: string; message: string } | undefined
  /** Events that were not appended yet. */
  events: readonly StoredEvent[]
  /** What this part spent. */
  spent: Pick<StoredRun, 'steps' | 'modelCalls' | 'toolCalls' | 'promptTokens' | 'completionTokens'>
  /** Where it waits: for which calls, and what it needs to go on. */
  waits?: readonly RunWait[]
  input?: unknown
}

/** A run that waits, and all that it needs to go on. */
export interface WaitingRun {
  run: StoredRun
  waits: RunWait[]
  input: unknown
}

export type WaitingStatus = Extract<RunStatus, 'waiting_approval' | 'waiting_tools'>
