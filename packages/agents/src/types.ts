import type { LanguageModel, ModelRequest } from '@tandem/providers'
import type { AgentEvent, Message } from '@tandem/schemas'
import type { ModelsAccess, Tool } from '@tandem/tools'
import type { AgentLimits } from './limits.ts'
import type { AgentPrompts } from './prompts.ts'
import type { ToolModes } from './tool-modes.ts'

/**
 * Runs a turn. `run-start` comes first and `run-end` last, whatever happens. Cancelling (`signal`) ends the run with
 * `cancelled` and throws nothing. A model that fails before anything was found out is thrown as its AppError, after
 * `run-end`.
 */
export type Agent = (
  run: AgentRun,
  deps: AgentDeps,
  options: { signal: AbortSignal },
) => AsyncGenerator<AgentEvent, void>

/** What one run is about. */
export interface AgentRun {
  runId: string
  /** The user whom the tools work for. */
  owner: string
  sessionId?: string
  model: LanguageModel
  /** The caller's messages, settings and tools; a tool of the caller hides one of ours with the same name. */
  request: ModelRequest
  /** Ours, as far as this run may use them. */
  tools: readonly Tool[]
  /** How a call of this tool may ask for models; made anew for each call, since its token is short-lived. */
  models: (tool: string) => ModelsAccess
  limits?: Partial<AgentLimits>
  /** Goes on with a run that waited for an approval or for the caller's tools. */
  resume?: Resume
}

export interface Resume {
  /** The run's events so far, from its log. */
  events: readonly AgentEvent[]
  /** What was decided, by call id. */
  approvals?: Readonly<Record<string, Decision>>
  /** The caller's tool messages. */
  results?: readonly Message[]
}

/** What became of a call that was asked for; the model reads the reason. */
export interface Decision {
  approved: boolean
  reason?: string
}

/** Whether a tool may run: at once, after asking, or not at all. */
export type ApprovalPolicy = (tool: Tool, args: unknown) => 'allow' | 'ask' | 'deny'

/** What all runs of a process share. */
export interface AgentDeps {
  prompts: AgentPrompts
  approval: ApprovalPolicy
  /** What is known of how models call tools; shared, so that it is found out once. */
  toolModes: ToolModes
  /** TOOL_MODELS: a smaller model for a plan's step that needs this tool; the run's own where there is none. */
  toolModel?: (tool: string | undefined) => LanguageModel | undefined
  /** REACT_RETRY_ON_ERROR: idempotent tools get a second try after a passing failure. */
  retryTools: boolean
  /** Sees what a tool throws that it should not; models read only that it failed. */
  onCrash: (error: unknown, tool: string) => void
  clock?: Clock
  newId?: () => string
}

/** Milliseconds. */
export interface Clock {
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
}
