import { expect, it, jest } from '@jest/globals'
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { startEmbeddingServer } from './embedding-server.ts'
import { startKnowledge, tempDataDir, text, type TestKnowledge } from './start-knowledge.ts'

// Each starts threads, which a busy machine is slow to do.
jest.setTimeout(60_000)

const otters = text('Otters', 'The giant otter lives in the Amazon.', 'It eats fish and crabs.')
const engines = text(
  'Engines',
  'A turbine turns heat into motion.',
  'Its blades are cooled by air.',
)

async function hybrid(
  options: { dataDir?: string } = {},
): Promise<TestKnowledge & { asked: string[] }> {
  const server = await startEmbeddingServer()
  const settings = { ragEmbeddingUrl: server.url, ragEmbeddingModel: 'hashed' }
  return { ...(await startKnowledge({ ...options, settings })), asked: server.texts }
}

it('finds what was added, by words and by vectors, with where it stands', async () => {
  const knowledge = await hybrid()
  const { id } = await knowledge.collections.create('ann', { name: 'zoo' })
  const added = await knowledge.collections.addDocument('ann', id, {
    title: 'Handbook',
    attributes: { year: 2024 },
    blocks: [
      { text: 'The giant otter lives in the Amazon.', page: 3, heading: 'Animals > Otters' },
      { text: 'A turbine turns heat into motion.', page: 9, heading: 'Engines' },
    ],
  })
  expect(added).toMatchObject({ status: 'in_progress', chunks: 0, progress: 0 })
  await knowledge.collections.idle()
  expect(await knowledge.collections.getDocument('ann', id, added?.id ?? '')).toMatchObject({
    status: 'completed',
    chunks: 2,
    progress: 1,
  })
  const { hits, mode, notice } = await knowledge.search('ann', { query: 'where do otters live?' })
  expect({ mode, notice }).toEqual({ mode: 'hybrid', notice: undefined })
  expect(hits[0]).toMatchObject({
    title: 'Handbook',
    text: 'The giant otter lives in the Amazon.',
    page: 3,
    heading: 'Animals > Otters',
    after: 'A turbine turns heat into motion.',
    attributes: { year: 2024 },
    rank: 1,
  })
  expect(hits[0]?.similarity).toBeGreaterThan(0.2)
  expect(JSON.stringify(hits)).not.toMatch(/row/i)
  expect(await knowledge.collections.get('ann', id)).toMatchObject({
    documents: { completed: 1, in_progress: 0 },
    bytes: 69,
  })
})

it('shows nobody what is somebody else’s, by any parameter', async () => {
  const knowledge = await hybrid()
  const { collections } = knowledge
  const { id } = await collections.create('ann', { name: 'zoo' })
  const [document = ''] = await knowledge.index('ann', id, { ...otters, fileId: 'file-1' })
  const own = await collections.create('bob', { name: 'zoo' })
  const signal = new AbortController().signal
  const foreign = { collections: [id], query: 'otter' }
  await expect(collections.search('bob', foreign, { signal })).rejects.toMatchObject({
    code: 'collection_not_found',
  })
  await expect(
    collections.search('bob', { ...foreign, collections: [own.id, id] }, { signal }),
  ).rejects.toMatchObject({ status: 404 })
  expect(
    (await collections.search('bob', { collections: [own.id], query: 'otter' }, { signal })).hits,
  ).toEqual([])
  expect(await collections.get('bob', id)).toBeUndefined()
  expect(await collections.update('bob', id, { name: 'mine' })).toBeUndefined()
  expect(await collections.addDocument('bob', id, engines)).toBeUndefined()
  expect(await collections.listDocuments('bob', id, { order: 'asc', limit: 5 })).toBeUndefined()
  for (const key of [document, 'file-1']) {
    for (const collection of [id, own.id]) {
      expect(await collections.getDocument('bob', collection, key)).toBeUndefined()
      expect(
        await collections.readDocument('bob', collection, { id: key, from: 0 }),
      ).toBeUndefined()
      expect(
        await collections.setAttributes('bob', collection, { id: key, attributes: {} }),
      ).toBeUndefined()
      expect(await collections.cancelDocument('bob', collection, key)).toBeUndefined()
      expect(await collections.removeDocument('bob', collection, key)).toBe(false)
    }
  }
  await collections.removeFile('bob', 'file-1')
  expect(await collections.remove('bob', id)).toBe(false)
  await collections.removeAll('bob')
  expect(
    (await collections.list('bob', { order: 'asc', limit: 10, after: id })).collections,
  ).toEqual([])
  expect((await knowledge.search('ann', { query: 'otter' })).hits).toHaveLength(1)
})

it('embeds a text again only where it changed, and never asks what others have', async () => {
  const knowledge = await hybrid()
  const { id } = await knowledge.collections.create('ann', { name: 'zoo' })
  const long = Array.from({ length: 5 }, (_, at) => ({
    text: `Paragraph ${at} about otters.`,
    heading: `Part ${at}`,
  }))
  await knowledge.index('ann', id, { title: 'Book', blocks: long, fileId: 'file-1' })
  expect(knowledge.asked).toHaveLength(5)
  await knowledge.index('ann', id, { title: 'Book', blocks: long, fileId: 'file-1' })
  expect(knowledge.asked).toHaveLength(5)
  const changed = long.with(2, { text: 'Now about turbines.', heading: 'Part 2' })
  await knowledge.index('ann', id, { title: 'Book', blocks: changed, fileId: 'file-1' })
  expect(knowledge.asked).toHaveLength(6)
  const { hits } = await knowledge.search('ann', { query: 'otters and turbines', k: 10 })
  expect(hits.map(({ ordinal }) => ordinal).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4])
  expect(hits.find(({ ordinal }) => ordinal === 2)?.text).toBe('Now about turbines.')
  const other = await knowledge.collections.create('bob', { name: 'zoo' })
  const before = knowledge.asked.length
  await knowledge.index('bob', other.id, { title: 'Book', blocks: long })
  expect(knowledge.asked).toHaveLength(before + 5)
})

it('takes a document away everywhere, and a collection with its files', async () => {
  const dataDir = await tempDataDir()
  const knowledge = await hybrid({ dataDir })
  const { id } = await knowledge.collections.create('ann', { name: 'zoo' })
  const [first = ''] = await knowledge.index('ann', id, otters, { ...engines, fileId: 'file-2' })
  expect((await knowledge.search('ann', { query: 'otter turbine' })).hits).toHaveLength(2)
  expect(await knowledge.collections.removeDocument('ann', id, first)).toBe(true)
  expect(
    (await knowledge.search('ann', { query: 'otter turbine' })).hits.map(({ title }) => title),
  ).toEqual(['Engines'])
  await knowledge.collections.removeFile('ann', 'file-2')
  expect((await knowledge.search('ann', { query: 'otter turbine' })).hits).toEqual([])
  await knowledge.index('ann', id, otters)
  await knowledge.search('ann', { query: 'otter' })
  expect(readdirSync(join(dataDir, 'indexes'))).toHaveLength(1)
  expect(await knowledge.collections.remove('ann', id)).toBe(true)
  expect(readdirSync(join(dataDir, 'indexes'))).toEqual([])
  await knowledge.stop()
  const file = new Database(join(dataDir, 'tools.db'), { readonly: true })
  for (const table of [
    'documents',
    'document_sources',
    'chunks',
    'chunk_vectors',
    'staged_chunks',
  ]) {
    expect(file.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(0)
  }
  file.close()
})

it('finds by words alone without a model, says so, and makes the vectors later', async () => {
  const dataDir = await tempDataDir()
  const plain = await startKnowledge({ dataDir, useFaiss: false })
  const { id } = await plain.collections.create('ann', { name: 'zoo' })
  await plain.index('ann', id, otters, engines)
  const answer = await plain.search('ann', { query: 'turbines' })
  expect(answer).toMatchObject({ mode: 'lexical', hits: [{ title: 'Engines' }] })
  expect(answer.notice).toMatch(/No embedding model/)
  expect(await plain.collections.state()).toMatchObject({
    embedding: { state: 'off' },
    index: { engine: 'exact', reason: expect.any(String) },
  })
  await plain.stop()
  const later = await hybrid({ dataDir })
  await later.collections.idle()
  expect(await later.search('ann', { query: 'turbines', mode: 'vector' })).toMatchObject({
    mode: 'vector',
    hits: [{ title: 'Engines', similarity: expect.any(Number) }, {}],
  })
})

it('filters by attributes, in every mode', async () => {
  const knowledge = await hybrid()
  const { id } = await knowledge.collections.create('ann', { name: 'zoo' })
  await knowledge.index(
    'ann',
    id,
    { ...otters, attributes: { kind: 'animal', year: 2020 } },
    {
      ...text('Other otters', 'The sea otter floats on its back.'),
      attributes: { kind: 'animal', year: 2024 },
    },
    { ...engines, attributes: { kind: 'machine' } },
  )
  for (const mode of ['hybrid', 'lexical', 'vector'] as const) {
    const { hits } = await knowledge.search('ann', {
      query: 'otter turbine',
      mode,
      filter: {
        type: 'and',
        filters: [
          { type: 'eq', key: 'kind', value: 'animal' },
          { type: 'gt', key: 'year', value: 2021 },
        ],
      },
    })
    expect(hits.map(({ title }) => title)).toEqual(['Other otters'])
  }
})

it('searches several collections at once, and refuses an empty query', async () => {
  const knowledge = await hybrid()
  const zoo = await knowledge.collections.create('ann', { name: 'zoo' })
  const works = await knowledge.collections.create('ann', { name: 'works' })
  await knowledge.index('ann', zoo.id, otters)
  await knowledge.index('ann', works.id, engines)
  const { hits } = await knowledge.search('ann', { query: 'otter and turbine' })
  expect(hits.map(({ collectionId }) => collectionId).toSorted()).toEqual(
    [zoo.id, works.id].toSorted(),
  )
  await expect(knowledge.search('ann', { query: '  ' })).rejects.toMatchObject({ param: 'query' })
  const odd = [
    '"',
    'AND OR NOT',
    '* ^ ( ) : -',
    'otter*',
    'text:otter',
    'NEAR(a b)',
    "';--",
    '\u0000',
    '😀',
    'ö'.repeat(9000),
  ]
  for (const query of odd) expect((await knowledge.search('ann', { query })).mode).toBe('hybrid')
})

it('publishes without vectors where the embedding API fails, and says it in the search', async () => {
  const server = await startEmbeddingServer()
  server.fail.status = 500
  server.fail.body = { error: { message: 'out of memory' } }
  const settings = { ragEmbeddingUrl: server.url, ragEmbeddingModel: 'hashed' }
  const knowledge = await startKnowledge({ settings })
  const { id } = await knowledge.collections.create('ann', { name: 'zoo' })
  await knowledge.index('ann', id, otters)
  const answer = await knowledge.search('ann', { query: 'otter' })
  expect(answer).toMatchObject({ mode: 'lexical', hits: [{ title: 'Otters' }] })
  expect(answer.notice).toMatch(/did not answer/)
})

it('makes an index of words anew that is missing, broken or of another collection', async () => {
  const dataDir = await tempDataDir()
  const start = (): Promise<TestKnowledge> => startKnowledge({ dataDir })
  const first = await start()
  const zoo = await first.collections.create('ann', { name: 'zoo' })
  const works = await first.collections.create('bob', { name: 'works' })
  await first.index('ann', zoo.id, otters)
  await first.index('bob', works.id, engines)
  await first.stop()
  const words = (row: number): string => join(dataDir, 'indexes', String(row), 'words.db')
  const damages = [
    () => rmSync(words(1)),
    () => writeFileSync(words(1), 'no database at all, but some text of some length'.repeat(400)),
    () => writeFileSync(words(1), ''),
    () => copyFileSync(words(2), words(1)),
    () => breakPages(words(1)),
  ]
  for (const damage of damages) {
    expect(existsSync(words(1))).toBe(true)
    damage()
    const again = await start()
    expect((await again.search('ann', { query: 'otter' })).hits).toMatchObject([
      { title: 'Otters' },
    ])
    expect((await again.search('ann', { query: 'turbine' })).hits).toEqual([])
    await again.stop()
  }
})

/** All but the first page. */
function breakPages(path: string): void {
  const bytes = readFileSync(path)
  bytes.fill(0xab, 4096)
  writeFileSync(path, bytes)
}
