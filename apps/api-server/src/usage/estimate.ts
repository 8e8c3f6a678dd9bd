import type { ModelRequest } from '@tandem/providers'
import { textOf } from '@tandem/schemas'

/** Rough, but known to all: about right for English, low for other scripts. */
const charactersPerToken = 4

export function toTokens(characters: number): number {
  return Math.ceil(characters / charactersPerToken)
}

/** The tokens of a chat's prompt: text, calls and tools; images are left out. */
export function estimatePrompt({ messages, tools }: ModelRequest): number {
  const characters = messages.map(
    ({ content, tool_calls }) =>
      textOf(content).length + (tool_calls ? JSON.stringify(tool_calls).length : 0),
  )
  const offered = tools?.length ? JSON.stringify(tools).length : 0
  return toTokens(characters.reduce((sum, some) => sum + some, offered))
}

/** The tokens of what is completed or embedded: text, texts, token ids, or lists of them. */
export function estimateInput(input: unknown): number {
  if (typeof input === 'string') return toTokens(input.length)
  if (typeof input === 'number') return 1
  if (!Array.isArray(input)) return 0
  return input.map(estimateInput).reduce((sum: number, some) => sum + some, 0)
}
