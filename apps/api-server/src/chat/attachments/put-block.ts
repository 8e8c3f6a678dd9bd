import type { Message } from '@tandem/schemas'

/**
 * The block in front of the first thing that the user says: as the user's data it gives no orders, and prompts of one
 * conversation begin alike, which caches like.
 */
export function putBlock(messages: readonly Message[], block: string): Message[] {
  const first = messages.findIndex(({ role }) => role === 'user')
  if (first < 0) return [...messages, { role: 'user', content: block }]
  return messages.map((message, at) => (at === first ? withBlock(message, block) : message))
}

function withBlock(message: Message, block: string): Message {
  const { content } = message
  if (Array.isArray(content)) {
    return { ...message, content: [{ type: 'text', text: block }, ...content] }
  }
  return { ...message, content: content ? `${block}\n\n${content}` : block }
}
