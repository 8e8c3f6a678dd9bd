/** Sources are numbered through all of a run, so that a number in the answer means one of them and no other. */
import type { AgentEvent, ToolResult } from '@tandem/schemas'

export interface Sources {
  /** The same result with numbers of its own, in its text too. */
  number(result: ToolResult): ToolResult
}

/** `before` is what the run did until it was paused. */
export function createSources(before: readonly AgentEvent[] = []): Sources {
  let count = 0
  for (const event of before) {
    if (event.type === 'tool-end') count = highest(event.result, count)
  }
  return {
    number(result) {
      if (result.citations.length === 0) return result
      const numbered = count === 0 ? result : shifted(result, count)
      count = highest(numbered, count)
      return numbered
    },
  }
}

function highest({ citations }: ToolResult, least: number): number {
  return citations.reduce((most, { n }) => Math.max(most, n), least)
}

function shifted(result: ToolResult, by: number): ToolResult {
  const numbers = new Set(result.citations.map(({ n }) => n))
  return {
    ...result,
    content: result.content.replaceAll(/\[(\d{1,4})\]/g, (marker, digits: string) =>
      numbers.has(Number(digits)) ? `[${Number(digits) + by}]` : marker,
    ),
    citations: result.citations.map((citation) => ({ ...citation, n: citation.n + by })),
  }
}
