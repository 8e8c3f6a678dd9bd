import type { AgentEvent } from '@tandem/schemas'

/** What is said in place of the rest of an answer. */
export const cancelledText = 'This run was cancelled.'

/** The same events; where somebody cancelled the run (`cancel`), whoever waits for its answer reads that it was. */
export async function* tellCancelled(
  events: AsyncGenerator<AgentEvent>,
  cancel: AbortSignal,
): AsyncGenerator<AgentEvent> {
  let said = false
  for await (const event of events) {
    said ||= event.type === 'text-delta'
    if (cancel.aborted && event.type === 'run-end' && event.stopReason === 'cancelled') {
      yield { type: 'text-delta', text: said ? `\n\n${cancelledText}` : cancelledText }
    }
    yield event
  }
}
