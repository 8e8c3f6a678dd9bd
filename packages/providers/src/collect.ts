import type { FinishReason, ToolCall, Usage } from '@tandem/schemas'
import type { ModelEvent } from './types.ts'

export interface Collected {
  id: string
  model: string
  text: string
  reasoning: string
  toolCalls: ToolCall[]
  finishReason: FinishReason
  usage?: Usage
}

/** Not streaming is a fold over streaming: the whole answer of a model. Throws what the stream throws. */
export async function collect(events: AsyncIterable<ModelEvent>): Promise<Collected> {
  const all = createCollected()
  for await (const event of events) addEvent(all, event)
  return all
}

/** An answer of which nothing has come yet. */
export function createCollected(): Collected {
  return {
    id: '',
    model: '',
    text: '',
    reasoning: '',
    toolCalls: [],
    finishReason: 'stop',
  }
}

/** One step of the fold. */
export function addEvent(all: Collected, event: ModelEvent): void {
  if (event.type === 'start') Object.assign(all, { id: event.id, model: event.model })
  else if (event.type === 'text-delta') all.text += event.text
  else if (event.type === 'reasoning-delta') all.reasoning += event.text
  else if (event.type === 'tool-call-end') all.toolCalls.push(event.call)
  else if (event.type === 'finish') {
    all.finishReason = event.reason
    if (event.usage) all.usage = event.usage
  }
}
