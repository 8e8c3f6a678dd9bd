import type { Usage } from '@tandem/schemas'

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
  }
}

function sum(a: number | null | undefined, b: number | null | undefined): number {
  return (a ?? 0) + (b ?? 0)
}
