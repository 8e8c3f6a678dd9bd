import type { AgentEvent, ToolCall } from '@tandem/schemas'
import { createAgent, type Outcome } from './agent.ts'
import { countModelCall, type RunState } from './run-state.ts'
import { estimateUsage, sizeOf } from './usage.ts'

/** One model call, passed on as it is: no tools of ours, the caller's in the caller's hands. */
export async function* chatBody(state: RunState): AsyncGenerator<AgentEvent, Outcome> {
  const { model, request } = state.run
  const calls: ToolCall[] = []
  const outcome: Outcome = { stopReason: 'final', finishReason: 'stop', text: '' }
  state.tally.steps += 1
  yield { type: 'step-start', step: 1 }
  let size = 0
  for await (const event of model.stream(request, { signal: state.deadline })) {
    size += sizeOf(event)
    if (event.type === 'text-delta') yield { type: 'text-delta', text: event.text }
    else if (event.type === 'reasoning-delta') yield { type: event.type, text: event.text }
    else if (event.type === 'tool-call-end') {
      calls.push({ ...event.call, id: state.claimId('') })
    } else if (event.type === 'finish') {
      outcome.finishReason = event.reason
      countModelCall(state, event.usage ?? estimateUsage(request, size))
    }
  }
  return calls.length === 0
    ? outcome
    : { ...outcome, stopReason: 'caller_tools', callerCalls: calls }
}

export const chat = createAgent(() => ({ name: 'chat', body: chatBody }))
