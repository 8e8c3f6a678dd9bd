import { expect, it, jest } from '@jest/globals'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { plainSettings } from '../../src/collections/knowledge.ts'
import { startServer, type TestServer } from '../start-server.ts'

jest.setTimeout(60_000)

const weights = process.env['MODELS_DIR'] ?? ''
const hasWeights = existsSync(join(weights, 'Xenova/all-MiniLM-L6-v2/onnx/model_quantized.onnx'))
const withWeights = hasWeights ? it : it.skip

async function withDocuments(server: TestServer, owner = 'user-1'): Promise<string> {
  const { collections } = server.deps.knowledge
  const { id } = await collections.create(owner, { name: 'Handbook' })
  await collections.addDocument(owner, id, {
    title: 'Vacation policy',
    fileId: 'file-policy',
    blocks: [
      { text: 'Employees get 27 days of paid vacation a year.', page: 2, heading: 'Leave' },
      { text: 'Unused days lapse at the end of March.', page: 3, heading: 'Carry-over' },
    ],
  })
  await collections.idle()
  return id
}

it('gives the model numbered passages with their places, and citations', async () => {
  const server = await startServer()
  await withDocuments(server)
  const result = await server.result('rag', { query: 'how many vacation days' })
  expect(result.content).toContain('[1] Vacation policy, page 2, Leave (score 0.64)')
  expect(result.content).toContain('27 days of paid vacation')
  expect(result.content).toMatch(/found by words alone/)
  expect(result.citations[0]).toEqual({
    n: 1,
    title: 'Vacation policy',
    fileId: 'file-policy',
    collectionId: expect.stringMatching(/^vs_/),
    documentId: expect.stringMatching(/^doc_/),
    page: 2,
    heading: 'Leave',
    quote: 'Employees get 27 days of paid vacation a year.',
  })
  expect(result.data).toMatchObject({ mode: 'lexical', results: [{ n: 1, page: 2 }, { n: 2 }] })
  expect(
    (await server.result('rag', { query: 'vacation', collections: ['Handbook'] })).citations,
  ).not.toEqual([])
})

it('searches only what is the caller’s, and names that', async () => {
  const server = await startServer()
  const foreign = await withDocuments(server, 'user-2')
  expect((await server.result('rag', { query: 'vacation' })).content).toMatch(
    /no collection of documents/,
  )
  for (const collections of [[foreign], ['Handbook']]) {
    const result = await server.result('rag', { query: 'vacation', collections })
    expect(result.error).toEqual({ code: 'collection_not_found', retryable: false })
    expect(JSON.stringify(result)).not.toMatch(/27 days/)
  }
  await server.deps.knowledge.collections.create('user-1', { name: 'Mine' })
  const wrong = await server.result('rag', { query: 'x', collections: ['Handbok'] })
  expect(wrong.content).toBe("There is no collection 'Handbok'. There are: Mine.")
  expect((await server.result('rag', { query: 'vacation' })).content).toMatch(/Nothing was found/)
})

it('is listed for each caller as it is for them', async () => {
  const server = await startServer()
  await withDocuments(server, 'user-2')
  const listed = async (sub: string): Promise<unknown> => {
    const response = await server.fetch('/tools', { claims: { sub } })
    const { tools } = (await response.json()) as { tools: { name: string; available: unknown }[] }
    return tools.find(({ name }) => name === 'rag')?.available
  }
  expect(await listed('user-2')).toEqual({ ok: true })
  expect(await listed('user-1')).toEqual({
    ok: false,
    reason: expect.stringMatching(/no collection/),
    remedy: expect.stringContaining('POST /api/rag/collections'),
    callable: true,
  })
})

it('keeps the numbers in brackets for its own passages', async () => {
  const server = await startServer()
  const { collections } = server.deps.knowledge
  const { id } = await collections.create('user-1', { name: 'Papers' })
  const text = 'As Euler showed [7], bridges matter.'
  await collections.addDocument('user-1', id, { title: 'Paper', blocks: [{ text }] })
  await collections.idle()
  const { content, data } = await server.result('rag', { query: 'bridges' })
  expect(content).toContain('As Euler showed (7), bridges matter.')
  expect(data).toMatchObject({ results: [{ text }] })
})

it('forgets a file and an owner everywhere', async () => {
  const server = await startServer()
  const { collections } = server.deps.knowledge
  const form = new FormData()
  form.set('purpose', 'user_data')
  form.set('file', new Blob(['The secret word is xylophone.']), 'a.txt')
  const uploaded = await server.fetch('/files', { method: 'POST', body: form })
  const { id: fileId } = (await uploaded.json()) as { id: string }
  const { id } = await collections.create('user-1', { name: 'Notes' })
  await collections.addDocument('user-1', id, {
    title: 'a.txt',
    fileId,
    blocks: [{ text: 'The secret word is xylophone.' }],
  })
  await collections.idle()
  expect((await server.result('rag', { query: 'xylophone' })).citations).toHaveLength(1)
  // Somebody else's removal of the same id changes nothing.
  expect(
    (await server.fetch(`/files/${fileId}`, { method: 'DELETE', claims: { sub: 'user-2' } }))
      .status,
  ).toBe(404)
  expect((await server.result('rag', { query: 'xylophone' })).citations).toHaveLength(1)
  expect((await server.fetch(`/files/${fileId}`, { method: 'DELETE' })).status).toBe(200)
  expect((await server.result('rag', { query: 'xylophone' })).citations).toEqual([])
  expect((await server.fetch('/owner', { method: 'DELETE' })).status).toBe(200)
  expect(await collections.get('user-1', id)).toBeUndefined()
})

it('says in its report how documents are found', async () => {
  const server = await startServer()
  expect(await (await server.fetch('/health')).json()).toMatchObject({
    knowledge: {
      embedding: { state: 'off' },
      index: { engine: expect.stringMatching(/faiss|exact/) },
    },
  })
})

it('has no embedding model without weights', async () => {
  const server = await startServer()
  expect(await (await server.fetch('/embeddings/models')).json()).toEqual({
    object: 'list',
    data: [],
  })
  const response = await server.fetch('/embeddings', {
    method: 'POST',
    body: JSON.stringify({ input: ['x'] }),
  })
  expect(response.status).toBe(404)
  const anonymous = await fetch(`${server.url}/embeddings`, { method: 'POST', body: '{}' })
  expect(anonymous.status).toBe(401)
})

withWeights('embeds texts with the local model, as numbers and as base64', async () => {
  const server = await startServer({ knowledge: { ...plainSettings(''), modelsDir: weights } })
  const post = (body: unknown) =>
    server.fetch('/embeddings', { method: 'POST', body: JSON.stringify(body) })
  const floats = (await (await post({ input: ['one', 'two'] })).json()) as {
    data: { embedding: number[] }[]
  }
  expect(floats).toMatchObject({
    model: 'local/all-MiniLM-L6-v2',
    data: [{ index: 0 }, { index: 1 }],
    usage: { prompt_tokens: 6, total_tokens: 6 },
  })
  expect(floats.data[0]?.embedding).toHaveLength(384)
  const encoded = (await (await post({ input: ['one'], encoding_format: 'base64' })).json()) as {
    data: { embedding: string }[]
  }
  const bytes = Buffer.from(encoded.data[0]?.embedding ?? '', 'base64')
  expect(bytes.readFloatLE(0)).toBeCloseTo(floats.data[0]?.embedding[0] ?? 9, 5)
  expect((await post({ input: ['one'], dimensions: 100 })).status).toBe(400)
  expect((await post({ input: [''] })).status).toBe(400)
  expect((await post({ input: [[1, 2]] })).status).toBe(400)
})
