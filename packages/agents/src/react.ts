import type { AgentEvent } from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import { createAgent, type Outcome } from './agent.ts'
import { createConversation } from './conversation.ts'
import { runLoop, type LoopOutcome } from './loop.ts'
import { continueWith, tellPause } from './pause.ts'
import type { RunState } from './run-state.ts'
import { toMessages } from './transcript.ts'

/** Reason, act, observe: the kernel with all tools. */
export function reactBody(state: RunState): AsyncGenerator<AgentEvent, Outcome> {
  return react(state, [])
}

/** The same with exits, for those who build on it. */
export async function* react(
  state: RunState,
  exits: readonly Tool[],
): AsyncGenerator<AgentEvent, LoopOutcome> {
  const { request, resume, model } = state.run
  const resumed = resume && continueWith(toMessages(resume.events), resume.results)
  const conversation = createConversation([...request.messages, ...(resumed?.messages ?? [])])
  const outcome = yield* runLoop(state, {
    conversation,
    model,
    instructions: state.deps.prompts.react.trim(),
    tools: state.tools,
    exits,
    iterations: state.limits.iterations,
    ...(resumed && { pending: resumed.pending }),
  })
  yield* tellPause(state, outcome)
  return outcome
}

export const reactAgent = createAgent(() => ({ name: 'react', body: reactBody }))
