import type { ModelEvent, ModelRequest } from '@tandem/providers'
import type { Usage } from '@tandem/schemas'
import { guessTokens, toTokens } from './conversation.ts'

export const noUsage: Usage = {
  prompt_tokens: 0,
  completion_tokens: 0,
  total_tokens: 0,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
}

/** What both cost together. */
export function addUsage(a: Usage, b: Usage): Usage {
  const cached = sum(a.prompt_tokens_details?.cached_tokens, b.prompt_tokens_details?.cached_tokens)
  const reasoning = sum(
    a.completion_tokens_details?.reasoning_tokens,
    b.completion_tokens_details?.reasoning_tokens,
  )
  return {
    prompt_tokens: a.prompt_tokens + b.prompt_tokens,
    completion_tokens: a.completion_tokens + b.completion_tokens,
    total_tokens: a.total_tokens + b.total_tokens,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
    ...((a.estimated || b.estimated) && { estimated: true }),
  }
}

/** What a model call cost, by what was sent and the characters of what came: for models that do not tell. */
export function estimateUsage({ messages, tools }: ModelRequest, characters: number): Usage {
  const offered = tools?.length ? toTokens(JSON.stringify(tools).length) : 0
  const prompt = guessTokens(messages) + offered
  const completion = toTokens(characters)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    estimated: true,
  }
}

/** The characters that an event brings. */
export function sizeOf(event: ModelEvent): number {
  if (event.type === 'text-delta' || event.type === 'reasoning-delta') return event.text.length
  if (event.type !== 'tool-call-end') return 0
  const { name, arguments: text } = event.call.function
  return name.length + text.length
}

function sum(a: number | null | undefined, b: number | null | undefined): number {
  return (a ?? 0) + (b ?? 0)
}
