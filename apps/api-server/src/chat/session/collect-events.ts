import type { AgentEvent, Message, ToolCall } from '@tandem/schemas'
import type { GrowingAnswer } from './recording.ts'

/** An answer put together from a turn's events as they pass. */
export interface EventCollector extends GrowingAnswer {
  take(event: AgentEvent): void
}

export function createEventCollector(): EventCollector {
  let text = ''
  let reasoning = ''
  let calls: ToolCall[] = []
  return {
    take(event) {
      if (event.type === 'text-delta') text += event.text
      else if (event.type === 'reasoning-delta') reasoning += event.text
      else if (event.type === 'caller-tool-calls') calls = event.calls
    },
    message(): Message | undefined {
      if (!text && !reasoning && calls.length === 0) return undefined
      return {
        role: 'assistant',
        content: text === '' && calls.length > 0 ? null : text,
        ...(reasoning && { reasoning }),
        ...(calls.length > 0 && { tool_calls: calls }),
      }
    },
  }
}
