import { textOf, type Message } from '@tandem/schemas'

/** Our instructions before the caller's, in one system message: many chat templates take one only, at the beginning. */
export function withSystem(messages: readonly Message[], instructions: string): Message[] {
  const [first] = messages
  if (first?.role !== 'system' && first?.role !== 'developer') {
    return [{ role: 'system', content: instructions, reasoning: undefined }, ...messages]
  }
  const content = `${instructions}\n\n${textOf(first.content)}`.trim()
  return messages.with(0, { ...first, content })
}

/** The request of the user that the run is about. */
export function lastUserMessage(messages: readonly Message[]): Message | undefined {
  return messages.findLast(({ role }) => role === 'user')
}
