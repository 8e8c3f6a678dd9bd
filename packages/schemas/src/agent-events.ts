import type { ToolCall, Usage } from './messages.ts'
import type { ToolProgress, ToolResult } from './tools.ts'

export const agentNames = ['chat', 'react', 'plan_execute', 'auto'] as const
export type AgentName = (typeof agentNames)[number]

export type StopReason =
  | 'final'
  | 'max_iterations'
  | 'budget'
  | 'repeated_calls'
  | 'errors'
  | 'cancelled'
  | 'waiting_approval'
  | 'caller_tools'
  | 'interrupted'

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

export interface PlanStep {
  id: string
  task: string
  dependsOn: string[]
  status: 'pending' | 'running' | 'done' | 'failed'
  /** The tool that the step is likely to need. */
  toolHint?: string
  /** How to tell that it is done. */
  doneWhen?: string
  /** What came of it: its result, or why it failed; while it runs, why its last try did. */
  result?: string
  /** How often it was tried in vain. */
  tries?: number
  /** Ids of its calls that wait for an approval or for the caller. */
  waiting?: string[]
}

/** What a turn yields; `run-end` is always the last one. `ms` counts milliseconds of wall time. */
export type AgentEvent =
  | { type: 'run-start'; runId: string; agent: AgentName; model: string; why?: string }
  | { type: 'step-start'; step: number; of?: number; title?: string }
  | { type: 'plan'; steps: PlanStep[]; revision: number }
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string }
  | { type: 'tool-start'; step: number; callId: string; tool: string; arguments: unknown }
  | { type: 'tool-progress'; callId: string; progress: ToolProgress }
  | {
      type: 'tool-end'
      callId: string
      result: ToolResult
      ms: number
      repaired?: 'json' | 'schema' | 'name'
    }
  | { type: 'approval-needed'; callId: string; tool: string; arguments: unknown }
  | { type: 'approval-decided'; callId: string; approved: boolean; reason?: string }
  | { type: 'caller-tool-calls'; calls: ToolCall[] }
  | {
      type: 'run-end'
      stopReason: StopReason
      finishReason: FinishReason
      usage: Usage
      usageLast: Usage
      steps: number
      modelCalls: number
      toolCalls: number
      ms: number
    }

/** An event with its place in the run's log, from 1; pieces of text have none of their own. */
export type NumberedEvent = AgentEvent & { seq?: number }
