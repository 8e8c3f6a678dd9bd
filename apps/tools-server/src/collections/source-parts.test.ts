import { expect, it } from '@jest/globals'
import type { DocumentBlock } from '@tandem/schemas'
import { createArrivals, partFrom } from './source-parts.ts'

function partsOf(blocks: DocumentBlock[]): DocumentBlock[][] {
  const parts: DocumentBlock[][] = []
  for (let from: number | undefined = 0; from !== undefined;) {
    const part = partFrom({ blocks }, from)
    parts.push(part.blocks)
    from = part.next
  }
  return parts
}

it.each([
  ['nothing', [], [0]],
  ['a note', [{ text: 'a' }], [1]],
  ['one block that is too large alone', [{ text: 'x'.repeat(2e6) }, { text: 'b' }], [1, 1]],
  ['many small ones', Array.from({ length: 12_000 }, () => ({ text: 'a' })), [5000, 5000, 2000]],
  ['some large ones', Array.from({ length: 5 }, () => ({ text: 'x'.repeat(2e5) })), [2, 2, 1]],
])('%s goes and comes whole', (_, blocks, sizes) => {
  const parts = partsOf(blocks)
  expect(parts.map(({ length }) => length)).toEqual(sizes)
  const arrivals = createArrivals()
  let from = 0
  for (const part of parts) {
    arrivals.add(1, { from, blocks: part })
    from += part.length
  }
  expect(arrivals.take(1, blocks.length)).toEqual(blocks)
})

it('notices what got lost, and forgets what was begun before', () => {
  const arrivals = createArrivals()
  arrivals.add(1, { from: 0, blocks: [{ text: 'old' }] })
  arrivals.add(1, { from: 0, blocks: [{ text: 'new' }] })
  expect(arrivals.take(1, 1)).toEqual([{ text: 'new' }])
  arrivals.add(2, { from: 5, blocks: [{ text: 'later' }] })
  expect(() => arrivals.take(2, 6)).toThrow(/got lost/)
})
