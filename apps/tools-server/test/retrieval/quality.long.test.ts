import { describe, expect, it } from '@jest/globals'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cranfieldDir } from './cranfield.ts'
import { measureQuality } from './measure-quality.ts'
import { tempDataDir } from './start-knowledge.ts'

const weights = join(process.env['MODELS_DIR'] ?? '', 'Xenova/all-MiniLM-L6-v2')
const withCranfield = cranfieldDir() ? describe : describe.skip

withCranfield('on Cranfield', () => {
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
  }, 900_000)
})
