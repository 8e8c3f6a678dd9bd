import { describe, expect, it } from '@jest/globals'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cranfieldDir, readCranfield } from './cranfield.ts'
import { fill, measureQuality, score } from './measure-quality.ts'
import { startKnowledge, tempDataDir } from './start-knowledge.ts'

const weights = join(process.env['MODELS_DIR'] ?? '', 'Xenova/all-MiniLM-L6-v2')
const withCranfield = cranfieldDir() ? describe : describe.skip

withCranfield('on Cranfield', () => {
  it('finds by words, and by topics without a model, what is judged relevant', async () => {
    const cranfield = await readCranfield(cranfieldDir() ?? '')
    expect([cranfield.documents.length, cranfield.queries.length]).toEqual([1398, 225])
    const { collections } = await startKnowledge()
    const id = await fill(collections, cranfield)
    const words = await score(collections, { id, mode: 'lexical', cranfield })
    const both = await score(collections, { id, mode: 'hybrid', cranfield })
    expect(words.ndcg10).toBeGreaterThanOrEqual(0.38)
    expect(both.ndcg10).toBeGreaterThanOrEqual(0.41)
  }, 900_000)

  it('finds as well as it was measured to', async () => {
    const found = new Map<string, number>()
    await measureQuality(await tempDataDir(), ({ model, mode, ndcg10 }) => {
      if (typeof ndcg10 === 'number') found.set(`${String(model)} ${String(mode)}`, ndcg10)
    })
    // Without a model: words, and topics learned from the collection.
    expect(found.get('none hybrid')).toBeGreaterThan(0.41)
    if (!existsSync(weights)) return
    const of = (mode: string): number => found.get(`local/all-MiniLM-L6-v2 ${mode}`) ?? 0
    expect(of('lexical')).toBeGreaterThanOrEqual(0.38)
    expect(of('hybrid')).toBeGreaterThanOrEqual(0.43)
    expect(of('hybrid')).toBeGreaterThan(Math.max(of('lexical'), of('vector')))
  }, 2_700_000)
})
