import type { AgentEvent } from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import { createAgent, type Outcome } from './agent.ts'
import { createConversation } from './conversation.ts'
import { runLoop, type LoopOutcome } from './loop.ts'
import { continueWith } from './pause.ts'
import type { RunState } from './run-state.ts'
import { toMessages } from './transcript.ts'

/** Reason, act, observe: the kernel with all tools. */
export function reactBody(state: RunState): AsyncGenerator<AgentEvent, Outcome> {
  return react(state, { exits: [] })
}

/** For those who build on it. */
export interface Built {
  exits: readonly Tool[]
  /** All that was done, where it goes on in the middle of a run; else that is what the run is resumed from. */
  past?: readonly AgentEvent[]
}

export function react(
  state: RunState,
  { exits, past }: Built,
): AsyncGenerator<AgentEvent, LoopOutcome> {
  const { request, resume, model } = state.run
  const before = past ?? resume?.events
  const resumed = before && continueWith(toMessages(before), past ? [] : resume?.results)
  const conversation = createConversation([...request.messages, ...(resumed?.messages ?? [])])
  return runLoop(state, {
    conversation,
    model,
    instructions: state.deps.prompts.react.trim(),
    tools: state.tools,
    exits,
    iterations: state.limits.iterations,
    ...(resumed && { pending: resumed.pending }),
  })
}

export const reactAgent = createAgent(() => ({ name: 'react', body: reactBody }))
