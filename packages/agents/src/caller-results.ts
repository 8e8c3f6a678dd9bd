import { textOf, type AgentEvent, type Message, type ToolCall } from '@tandem/schemas'

/**
 * The caller's tool messages as events of the run that handed out their calls: put at the end of its log they make it whole,
 * so that it can be resumed from its log alone, again and again. Messages of other calls are left out.
 */
export function toResultEvents(
  events: readonly AgentEvent[],
  results: readonly Message[],
): AgentEvent[] {
  const calls = new Map<string, ToolCall>()
  for (const event of events) {
    if (event.type === 'caller-tool-calls') for (const call of event.calls) calls.set(call.id, call)
    if (event.type === 'tool-end') calls.delete(event.callId)
  }
  return results.flatMap((message): AgentEvent[] => {
    const call = calls.get(message.tool_call_id ?? '')
    if (!call) return []
    calls.delete(call.id)
    const { id: callId, function: called } = call
    const step = stepOf(callId, events)
    const given: unknown = JSON.parse(called.arguments)
    const result = { content: textOf(message.content), artifacts: [], citations: [] }
    return [
      { type: 'tool-start', step, callId, tool: called.name, arguments: given },
      { type: 'tool-end', callId, result, ms: 0 },
    ]
  })
}

/** The step of the plan that waits for the call, else the one that was begun last. */
function stepOf(callId: string, events: readonly AgentEvent[]): number {
  const plan = events.findLast((event) => event.type === 'plan')
  const step = plan?.steps.find(({ waiting }) => waiting?.includes(callId))
  if (step) return Number(step.id)
  return events.findLast((event) => event.type === 'step-start')?.step ?? 1
}
