import type { Message, ToolCall, ToolResult, Usage } from '@tandem/schemas'

/** The messages that a loop works on, always in a form that any model accepts: no call without its result. */
export interface Conversation {
  messages: Message[]
  /** What the last model call counted, for the messages that there were then. */
  counted?: { tokens: number; messages: number }
  /** What earlier messages were replaced by, and the user's message that it was put before. */
  summary?: { text: string; request: Message }
}

export function createConversation(messages: readonly Message[]): Conversation {
  return { messages: [...messages] }
}

/** Remembers what a model counted, its own reply included, which is about to be added. */
export function count(conversation: Conversation, usage: Usage | undefined): void {
  if (!usage) return
  const tokens = usage.prompt_tokens + usage.completion_tokens
  conversation.counted = { tokens, messages: conversation.messages.length + 1 }
}

const charactersPerToken = 4
/** Roles, marks and brackets of a message, in tokens. */
const tokensPerMessage = 4

/**
 * Tokens, from the last real count and a guess at what came since. Servers that cut a prompt off count what is left of it:
 * a count below half the guess is not believed.
 */
export function estimateTokens({ messages, counted }: Conversation): number {
  const all = guessTokens(messages)
  if (!counted || counted.messages > messages.length) return all
  return Math.max(all / 2, counted.tokens + guessTokens(messages.slice(counted.messages)))
}

export function guessTokens(messages: readonly Message[]): number {
  return messages.reduce((tokens, message) => tokens + guess(message), 0)
}

function guess(message: Message): number {
  const calls = (message.tool_calls ?? []).map((call) => call.function.arguments.length + 20)
  const characters = calls.reduce((sum, length) => sum + length, lengthOf(message.content))
  return tokensPerMessage + toTokens(characters)
}

export function toTokens(characters: number): number {
  return Math.ceil(characters / charactersPerToken)
}

function lengthOf(content: Message['content']): number {
  if (typeof content === 'string') return content.length
  const parts = content ?? []
  // An image costs about a thousand tokens, however many bytes it has.
  return parts.reduce((sum, { text }) => sum + (text?.length ?? 4000), 0)
}

export function toAssistant(text: string, reasoning: string, calls: readonly ToolCall[]): Message {
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    reasoning: reasoning === '' ? undefined : reasoning,
    ...(calls.length > 0 && { tool_calls: [...calls] }),
  }
}

export function toToolMessage(callId: string, content: string): Message {
  return { role: 'tool', tool_call_id: callId, content, reasoning: undefined }
}

/** What the model reads of a result: a failure says that it is one, lest its words be taken for what a program printed. */
export function toContent({ content, error }: ToolResult): string {
  return error && !/^\w*error\b/i.test(content) ? `Error: ${content}` : content
}

export function toUser(content: string): Message {
  return { role: 'user', content, reasoning: undefined }
}

/** Puts the results of the last calls in the order of the calls: some may have come earlier than those before them. */
export function orderResults({ messages }: Conversation): void {
  const at = messages.findLastIndex(({ tool_calls }) => tool_calls?.length)
  const ids = messages[at]?.tool_calls?.map(({ id }) => id) ?? []
  const placeOf = ({ tool_call_id }: Message): number => ids.indexOf(tool_call_id ?? '')
  const results = messages.splice(at + 1)
  messages.push(...results.toSorted((a, b) => placeOf(a) - placeOf(b)))
}
