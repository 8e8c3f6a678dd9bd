import { describe, expect, it, jest } from '@jest/globals'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadFaiss } from '../../src/collections/vectors/faiss.ts'
import { startEmbeddingServer } from './embedding-server.ts'
import {
  startKnowledge,
  tempDataDir,
  type StartOptions,
  type TestKnowledge,
} from './start-knowledge.ts'

jest.setTimeout(120_000)

const state = loadFaiss()
if (!state.ok && process.env['REQUIRE_FAISS'] === '1') throw new Error(state.reason)
const withFaiss = state.ok ? describe : describe.skip

const animals = ['otter', 'heron', 'beaver', 'trout', 'frog', 'newt', 'swan', 'pike']
const places = [
  'river',
  'lake',
  'pond',
  'swamp',
  'brook',
  'delta',
  'marsh',
  'spring',
  'canal',
  'weir',
  'ford',
]
const acts = [
  'swims',
  'hunts',
  'sleeps',
  'nests',
  'dives',
  'hides',
  'calls',
  'feeds',
  'waits',
  'plays',
  'fights',
  'drinks',
  'builds',
  'flees',
]

/** 1,232 chunks, no two alike. */
const sentences = animals.flatMap((animal) =>
  places.flatMap((place) => acts.map((act) => `The ${animal} ${act} by the ${place}.`)),
)

async function start(options: StartOptions = {}): Promise<TestKnowledge> {
  const server = await startEmbeddingServer()
  const settings = { ragEmbeddingUrl: server.url, ragEmbeddingModel: 'hashed', ...options.settings }
  return startKnowledge({ ...options, settings })
}

/** By vectors alone. */
async function nearest(knowledge: TestKnowledge, query: string): Promise<string | undefined> {
  const { hits } = await knowledge.search('ann', { query, mode: 'vector', k: 50 })
  const sorted = hits.toSorted(
    (a, b) => (b.similarity ?? 0) - (a.similarity ?? 0) || (a.text < b.text ? -1 : 1),
  )
  return sorted[0]?.text
}

withFaiss('with FAISS', () => {
  it.each(['hnsw', 'sq8'] as const)(
    'builds a %s index of many chunks, and finds what the scan finds',
    async (ragIndexType) => {
      const dataDir = await tempDataDir()
      const knowledge = await start({ dataDir, settings: { ragIndexType } })
      const { id } = await knowledge.collections.create('ann', { name: 'zoo' })
      const blocks = sentences.map((text, at) => ({ text, heading: `Part ${at}` }))
      const [document = ''] = await knowledge.index('ann', id, { title: '', blocks })
      const queries = [
        'The heron hunts by the lake.',
        'The newt hides by the swamp.',
        'The swan nests by the canal.',
      ]
      const scanned = []
      for (const query of queries) scanned.push(await nearest(knowledge, query))
      await knowledge.collections.idle()
      const folder = join(dataDir, 'indexes', '1')
      const sidecar = JSON.parse(readFileSync(join(folder, 'vectors.json'), 'utf8')) as {
        count: number
      }
      expect(sidecar.count).toBe(sentences.length)
      for (const [at, query] of queries.entries())
        expect(await nearest(knowledge, query)).toBe(scanned[at])

      // What comes later is found beside the index, and what is removed is not.
      await knowledge.index('ann', id, { title: '', blocks: [{ text: 'A walrus sings opera.' }] })
      expect(await nearest(knowledge, 'walrus opera')).toBe('A walrus sings opera.')
      await knowledge.collections.removeDocument('ann', id, document)
      expect(
        (await knowledge.search('ann', { query: queries[0] ?? '', mode: 'vector' })).hits.map(
          ({ text }) => text,
        ),
      ).toEqual(['A walrus sings opera.'])
    },
  )

  it('does without a broken index, and builds it anew', async () => {
    const dataDir = await tempDataDir()
    const server = await startEmbeddingServer()
    const settings = { ragEmbeddingUrl: server.url, ragEmbeddingModel: 'hashed' }
    const first = await startKnowledge({ dataDir, settings })
    const { id } = await first.collections.create('ann', { name: 'zoo' })
    const blocks = sentences.map((text, at) => ({ text, heading: `Part ${at}` }))
    await first.index('ann', id, { title: '', blocks })
    const query = 'the beaver builds by the weir'
    const expected = await nearest(first, query)
    await first.collections.idle()
    await first.stop()
    const folder = join(dataDir, 'indexes', '1')
    const index = readdirSync(folder).find((name) => name.endsWith('.faiss')) ?? ''
    const bytes = readFileSync(join(folder, index))
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x10
    writeFileSync(join(folder, index), bytes)
    const again = await startKnowledge({ dataDir, settings })
    expect(await nearest(again, query)).toBe(expected)
    await again.collections.idle()
    const rebuilt = readdirSync(folder).filter((name) => name.endsWith('.faiss'))
    expect(rebuilt).toHaveLength(1)
    expect(rebuilt).not.toContain(index)
    expect(await nearest(again, query)).toBe(expected)
  })
})

it('finds the same without FAISS', async () => {
  const knowledge = await start({ useFaiss: false })
  const { id } = await knowledge.collections.create('ann', { name: 'zoo' })
  const blocks = sentences.map((text, at) => ({ text, heading: `Part ${at}` }))
  await knowledge.index('ann', id, { title: '', blocks })
  expect(await nearest(knowledge, 'the pike waits by the ford')).toBe('The pike waits by the ford.')
  expect(await knowledge.collections.state()).toMatchObject({ index: { engine: 'exact' } })
})
