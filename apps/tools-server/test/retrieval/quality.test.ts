import { expect, it } from '@jest/globals'
import { cranfieldDir, ndcg, readCranfield } from './cranfield.ts'
import { fill, score } from './measure-quality.ts'
import { startKnowledge } from './start-knowledge.ts'

const folder = cranfieldDir()

it('judges an order as it should', () => {
  expect(ndcg([1, 2, 3], new Set([1, 2]))).toBe(1)
  expect(ndcg([3, 1], new Set([1]))).toBeCloseTo(1 / Math.log2(3))
  expect(ndcg([3], new Set([1]))).toBe(0)
})

;(folder ? it : it.skip)(
  'finds by words, and by topics without a model, what Cranfield judges relevant',
  async () => {
    const cranfield = await readCranfield(folder ?? '')
    expect([cranfield.documents.length, cranfield.queries.length]).toEqual([1398, 225])
    const { collections } = await startKnowledge()
    const id = await fill(collections, cranfield)
    const words = await score(collections, { id, mode: 'lexical', cranfield })
    const both = await score(collections, { id, mode: 'hybrid', cranfield })
    expect(words.ndcg10).toBeGreaterThanOrEqual(0.38)
    expect(both.ndcg10).toBeGreaterThanOrEqual(0.41)
  },
  180_000,
)
