import { expect, it } from '@jest/globals'
import { cranfieldDir, ndcg, readCranfield, type Cranfield } from './cranfield.ts'
import { fill, score } from './measure-quality.ts'
import { startKnowledge } from './start-knowledge.ts'

const folder = cranfieldDir()

it('judges an order as it should', () => {
  expect(ndcg([1, 2, 3], new Set([1, 2]))).toBe(1)
  expect(ndcg([3, 1], new Set([1]))).toBeCloseTo(1 / Math.log2(3))
  expect(ndcg([3], new Set([1]))).toBe(0)
})

;(folder ? it : it.skip)(
  'finds by words what Cranfield judges relevant among its first 200 documents, and more by topics too',
  async () => {
    const cranfield = firstDocuments(await readCranfield(folder ?? ''), 200)
    const { collections } = await startKnowledge()
    const id = await fill(collections, cranfield)
    const words = await score(collections, { id, mode: 'lexical', cranfield })
    const both = await score(collections, { id, mode: 'hybrid', cranfield })
    expect(words.ndcg10).toBeGreaterThanOrEqual(0.49)
    expect(both.ndcg10).toBeGreaterThanOrEqual(0.5)
    expect(both.ndcg10).toBeGreaterThan(words.ndcg10)
  },
  180_000,
)

/** As if there were no others: a query that none of them answers is left out. */
function firstDocuments(cranfield: Cranfield, count: number): Cranfield {
  const documents = cranfield.documents.slice(0, count)
  const kept = new Set(documents.map(({ id }) => id))
  const relevant = [...cranfield.relevant]
    .map(([query, ids]) => [query, new Set([...ids].filter((id) => kept.has(id)))] as const)
    .filter(([, ids]) => ids.size > 0)
  return { ...cranfield, documents, relevant: new Map(relevant) }
}
