import { describe, expect, it } from '@jest/globals'
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createBest, searchExactly } from '../../src/collections/vectors/exact.ts'
import { loadFaiss, type Faiss } from '../../src/collections/vectors/faiss.ts'
import {
  loadIndexFile,
  saveIndexFile,
  type IndexKind,
} from '../../src/collections/vectors/index-file.ts'
import { clusteredVectors } from './clustered-vectors.ts'
import { tempDataDir } from './start-knowledge.ts'

const state = loadFaiss()
if (!state.ok && process.env['REQUIRE_FAISS'] === '1') throw new Error(state.reason)
const withFaiss = state.ok ? describe : describe.skip
const faiss = (state.ok ? state.faiss : undefined) as Faiss

it('keeps the best in order', () => {
  const best = createBest(2)
  for (const [at, score] of [0.1, 0.9, 0.5, 0.9, Number.NaN].entries())
    best.add({ rowId: at, score })
  expect(best.take().map(({ rowId }) => rowId)).toEqual([1, 3])
})

withFaiss('FAISS', () => {
  it.each(['Flat', 'HNSW32', 'SQ8'])('%s finds what the exact scan finds', (description) => {
    const dimensions = 48
    const values = clusteredVectors({ count: 4000, dimensions, seed: 1 })
    const rowIds = Float64Array.from({ length: 4000 }, (_, at) => at)
    const index = faiss.Index.fromFactory(dimensions, description)
    if (description === 'SQ8') index.train(values)
    index.add(values)
    if (description === 'HNSW32') index.setParameter('efSearch', 128)
    const queries = clusteredVectors({ count: 100, dimensions, seed: 1, from: 4000 })
    let shared = 0
    for (let at = 0; at < 100; at += 1) {
      const query = queries.slice(at * dimensions, (at + 1) * dimensions)
      const exact = searchExactly({ rowIds, values, dimensions }, query, {
        k: 10,
        isLive: () => true,
      })
      const found = new Set(index.search(query, 10).labels)
      shared += exact.filter(({ rowId }) => found.has(rowId)).length
    }
    expect(shared / 1000).toBeGreaterThanOrEqual(description === 'Flat' ? 1 : 0.95)
    index.dispose()
  })

  it('throws where unpatched it would end the process', () => {
    const hnsw = faiss.Index.fromFactory(4, 'HNSW8')
    hnsw.add(new Float32Array(4))
    expect(() => (hnsw as unknown as { removeIds(ids: number[]): void }).removeIds([0])).toThrow()
    const ivf = faiss.Index.fromFactory(4, 'IVF2,Flat')
    expect(() => ivf.add(new Float32Array(8))).toThrow()
    expect(() => hnsw.setParameter('nonsense', 1)).toThrow()
    expect(() => hnsw.add(new Float32Array(5))).toThrow()
    expect(() => hnsw.search(new Float32Array(4), 2)).toThrow()
    expect(() => hnsw.add('vector' as unknown as Float32Array)).toThrow()
    expect(() => faiss.Index.fromFactory(4, 'Nonsense')).toThrow()
    hnsw.dispose()
    expect(hnsw.ntotal()).toBe(0)
  })

  it('does not keep the memory of 10,000 searches', () => {
    const dimensions = 1024
    const index = faiss.Index.fromFactory(dimensions, 'Flat')
    index.add(clusteredVectors({ count: 20, dimensions, seed: 2 }))
    const query = clusteredVectors({ count: 1, dimensions, seed: 2 })
    const search = (times: number): void => {
      for (let at = 0; at < times; at += 1) index.search(query, 10)
    }
    search(2000)
    const before = process.memoryUsage().rss
    // Unpatched it keeps each query: 41 MB.
    search(10_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(20 * 2 ** 20)
    index.dispose()
  })

  const kind: IndexKind = { collection: 'vs_1', embedder: 'test', type: 'Flat' }

  async function saved(): Promise<string> {
    const folder = join(await tempDataDir(), '1')
    const index = faiss.Index.fromFactory(8, 'Flat')
    index.add(clusteredVectors({ count: 50, dimensions: 8, seed: 3 }))
    const rowIds = Float64Array.from({ length: 50 }, (_, at) => at + 100)
    const tags = Uint32Array.from({ length: 50 }, (_, at) => at)
    await saveIndexFile(folder, kind, { index, rowIds, tags })
    return folder
  }

  it('loads what it saved, and leaves nothing of the build before', async () => {
    const folder = await saved()
    const loaded = await loadIndexFile(faiss, folder, kind)
    expect(loaded?.index.ntotal()).toBe(50)
    expect([loaded?.rowIds[49], loaded?.tags[49]]).toEqual([149, 49])
    if (loaded) await saveIndexFile(folder, kind, loaded)
    expect(readdirSync(folder)).toHaveLength(3)
  })

  it.each<[string, (folder: string) => void]>([
    ['a flipped bit', (folder) => flip(fileOf(folder, '.faiss'))],
    ['a flipped bit in the labels', (folder) => flip(fileOf(folder, '.labels'))],
    ['half an index', (folder) => truncateSync(fileOf(folder, '.faiss'), 500)],
    ['no index', (folder) => rmSync(fileOf(folder, '.faiss'))],
    ['no labels', (folder) => rmSync(fileOf(folder, '.labels'))],
    ['no sidecar', (folder) => rmSync(join(folder, 'vectors.json'))],
    ['half a sidecar', (folder) => truncateSync(join(folder, 'vectors.json'), 30)],
    ['a sidecar of nonsense', (folder) => writeFileSync(join(folder, 'vectors.json'), '[]')],
  ])('takes %s as no index', async (_, damage) => {
    const folder = await saved()
    damage(folder)
    expect(await loadIndexFile(faiss, folder, kind)).toBeUndefined()
  })

  it('takes an index of another collection, model or type as none', async () => {
    const folder = await saved()
    for (const other of [
      { collection: 'vs_2' },
      { embedder: 'other' },
      { type: 'HNSW' as const },
    ]) {
      expect(await loadIndexFile(faiss, folder, { ...kind, ...other })).toBeUndefined()
    }
    const stolen = join(folder, 'copy')
    mkdirSync(stolen)
    for (const name of readdirSync(folder).filter((each) => each.startsWith('vectors'))) {
      copyFileSync(join(folder, name), join(stolen, name))
    }
    expect(await loadIndexFile(faiss, stolen, { ...kind, collection: 'vs_2' })).toBeUndefined()
  })
})

function flip(path: string): void {
  const bytes = readFileSync(path)
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

function fileOf(folder: string, suffix: string): string {
  return join(folder, readdirSync(folder).find((name) => name.endsWith(suffix)) ?? '')
}
