import { textOf, type Message } from '@tandem/schemas'

/** What a caller sends: the system message in front of it, if any, and the rest. */
export interface SplitMessages {
  system: Message | undefined
  rest: Message[]
}

/** System messages further on are part of the conversation and stay where they are. */
export function splitSystem(messages: readonly Message[]): SplitMessages {
  const next = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const at = next < 0 ? messages.length : next
  return { system: join(messages.slice(0, at)), rest: messages.slice(at) }
}

/** A session has one. */
function join(systems: readonly Message[]): Message | undefined {
  const [first, ...others] = systems
  if (!first || others.length === 0) return first
  return { ...first, content: systems.map(({ content }) => textOf(content)).join('\n\n') }
}
