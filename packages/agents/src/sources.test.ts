import { expect, it } from '@jest/globals'
import type { AgentEvent, ToolResult } from '@tandem/schemas'
import { createSources } from './sources.ts'

function found(content: string, ...numbers: number[]): ToolResult {
  const citations = numbers.map((n) => ({ n, title: `Source ${n}` }))
  return { content, artifacts: [], citations }
}

it('gives each source of a run a number of its own', () => {
  const sources = createSources()
  expect(sources.number(found('[1] a [2] b', 1, 2))).toEqual(found('[1] a [2] b', 1, 2))
  expect(sources.number(found('nothing'))).toEqual(found('nothing'))
  const next = sources.number(found('Cite as [1].\n[1] c, see [9] and [12345]\n[2] d', 1, 2))
  expect(next.content).toBe('Cite as [3].\n[3] c, see [9] and [12345]\n[4] d')
  expect(next.citations).toEqual([
    { n: 3, title: 'Source 1' },
    { n: 4, title: 'Source 2' },
  ])
})

it('goes on after the numbers of a run that was paused', () => {
  const before: AgentEvent[] = [
    { type: 'tool-end', callId: 'a', result: found('[1] a', 1), ms: 1 },
    { type: 'tool-end', callId: 'b', result: found('[2] b [3] c', 2, 3), ms: 1 },
  ]
  expect(createSources(before).number(found('[1] d', 1)).content).toBe('[4] d')
})

it('numbers no result twice', () => {
  const sources = createSources()
  const first = sources.number(found('[1] a', 1))
  expect(first.content).toBe('[1] a')
  expect(first.citations[0]?.n).toBe(1)
})
