import { expect, it } from '@jest/globals'
import { diversify } from './diversify.ts'
import { fuse } from './fuse.ts'
import { nearOnes } from './near-ones.ts'
import { relevanceOf, weightOf } from './relevance.ts'

const documentOf = new Map([
  [1, 100],
  [2, 200],
  [3, 300],
  [4, 100],
])

it('puts first what both rankings have near their tops', () => {
  const fused = fuse({
    chunks: [
      [1, 2, 3],
      [2, 3, 1],
    ],
    documentOf,
  })
  expect(fused.map(({ rowId }) => rowId)).toEqual([2, 1, 3])
  expect(fuse({ chunks: [[1], [1]], documentOf })).toEqual([{ rowId: 1, score: 1 }])
})

it('counts two chunks of one document, found in different ways, for each other', () => {
  const fused = fuse({
    chunks: [
      [2, 1],
      [3, 4],
    ],
    documentOf,
  })
  expect(fused.slice(0, 2).map(({ rowId }) => documentOf.get(rowId))).toEqual([100, 100])
})

it('lifts documents by topics, and finds by them what nothing else found', () => {
  const fused = fuse({ chunks: [[1, 2]], topics: [2, 3], documentOf })
  expect(fused.map(({ rowId }) => rowId)).toEqual([2, 1, 3])
  expect(fuse({ chunks: [], documentOf })).toEqual([])
})

it('lets the first ranking decide where two are level', () => {
  expect(fuse({ chunks: [[3], [2]], documentOf }).map(({ rowId }) => rowId)).toEqual([3, 2])
})

it('takes for near what is half as near as the nearest', () => {
  const neighbours = [0.6, 0.31, 0.29, -0.2].map((score, at) => ({ rowId: at, score }))
  expect(nearOnes(neighbours).map(({ rowId }) => rowId)).toEqual([0, 1])
  expect(nearOnes([{ rowId: 1, score: -0.1 }])).toEqual([])
  expect(nearOnes([])).toEqual([])
})

it('does not choose the same text twice while there are others', () => {
  const text = 'The turbine blades of this engine are cooled by compressed air.'
  const items = [
    { text, score: 1 },
    { text: `${text} Indeed.`, score: 0.99 },
    { text: 'Otters eat fish and crabs in cold rivers.', score: 0.5 },
  ]
  expect(diversify(items, 2).map(({ score }) => score)).toEqual([1, 0.5])
  expect(diversify(items, 3).map(({ score }) => score)).toEqual([1, 0.5, 0.99])
  expect(diversify([], 3)).toEqual([])
  expect(
    diversify(
      items.map((item) => ({ ...item, score: -2 })),
      1,
    ),
  ).toHaveLength(1)
})

it('rates a passage by the words it holds, rare ones counting more, and by its cosine', () => {
  const asked = new Map([
    ['otter', weightOf(3, 10_000)],
    ['live', weightOf(4000, 10_000)],
  ])
  const rate = (stems: string[], similarity?: number): number =>
    relevanceOf(asked, { stems: new Set(stems), similarity })
  expect(rate(['otter', 'live', 'amazon'])).toBe(1)
  expect(rate(['otter'])).toBeGreaterThan(0.8)
  expect(rate(['live'])).toBeLessThan(0.2)
  expect(rate(['amazon'])).toBe(0)
  expect(rate(['otter', 'live'], 0.5)).toBeCloseTo(0.75)
  expect(rate([], 0.5)).toBeCloseTo(0.25)
  expect(rate(['amazon'], -0.3)).toBe(0)
  expect(relevanceOf(new Map(), { stems: new Set(['otter']), similarity: undefined })).toBe(0)
})

it('lets no word of a few chunks weigh much more than another', () => {
  expect(weightOf(0, 2) / weightOf(2, 2)).toBeLessThan(1.2)
  expect(weightOf(0, 100_000) / weightOf(50_000, 100_000)).toBeGreaterThan(5)
})
