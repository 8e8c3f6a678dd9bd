import type { AgentName } from '@tandem/schemas'
import { auto } from './auto.ts'
import { chat } from './chat.ts'
import { planExecute } from './plan-execute.ts'
import { reactAgent } from './react.ts'
import type { Agent } from './types.ts'

/** The agents by name: one line each. */
export const agents: Readonly<Record<AgentName, Agent>> = {
  chat,
  react: reactAgent,
  plan_execute: planExecute,
  auto,
}

export { toResultEvents } from './caller-results.ts'
export { defaultLimits, type AgentLimits } from './limits.ts'
export { agentPromptNames, type AgentPromptName, type AgentPrompts } from './prompts.ts'
export { createToolModes, type ToolMode, type ToolModes } from './tool-modes.ts'
export { addUsage, estimateUsage, sizeOf } from './usage.ts'
export { wantsJson } from './wants-json.ts'
export { findContinuation, toMessages, type Continuation } from './transcript.ts'
export type {
  Agent,
  AgentDeps,
  AgentRun,
  ApprovalPolicy,
  Clock,
  Decision,
  Resume,
} from './types.ts'
