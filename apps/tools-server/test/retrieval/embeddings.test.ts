import { expect, it, jest } from '@jest/globals'
import { createServer, type RequestListener } from 'node:http'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createReranker } from '../../src/collections/rerank.ts'
import { createEmbeddings, type EmbeddingSettings } from '../../src/embeddings/embeddings.ts'
import { createHttpEmbedder } from '../../src/embeddings/http-embedder.ts'
import type { EmbeddingState } from '../../src/embeddings/types.ts'
import { startEmbeddingServer } from './embedding-server.ts'
import { tempDataDir } from './start-knowledge.ts'

jest.setTimeout(60_000)

const signal = new AbortController().signal
const weights = process.env['MODELS_DIR'] ?? ''
const hasWeights = existsSync(join(weights, 'Xenova/all-MiniLM-L6-v2/onnx/model_quantized.onnx'))
const withWeights = hasWeights ? it : it.skip

async function serve<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

function settingsFor(
  modelsDir: string,
  change: Partial<EmbeddingSettings> = {},
): EmbeddingSettings {
  return { ragEmbeddingModel: 'local/all-MiniLM-L6-v2', ragModelHub: 'off', modelsDir, ...change }
}

function product(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return a && b ? a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0) : Number.NaN
}

withWeights('runs the local model: alike texts have alike vectors of length 1', async () => {
  const embeddings = createEmbeddings({ settings: settingsFor(weights) })
  await embeddings.settled()
  expect(embeddings.state()).toEqual({ state: 'ready', model: 'local/all-MiniLM-L6-v2' })
  const texts = [
    'A cat sits on the mat.',
    'A kitten rests on the rug.',
    'Interest rates rose again.',
  ]
  const embedded = await embeddings.ready()?.embed(texts, { signal })
  const [cat, kitten, rates] = embedded?.vectors ?? []
  expect(cat).toHaveLength(384)
  expect(product(cat, cat)).toBeCloseTo(1, 4)
  expect(product(cat, kitten)).toBeGreaterThan(product(cat, rates) + 0.3)
  expect(embedded?.tokens).toBeGreaterThan(15)
  // Alone or among others, a text has the same vector.
  const alone = await embeddings.ready()?.embed(texts.slice(1, 2), { signal })
  expect(product(alone?.vectors[0], kitten)).toBeCloseTo(1, 5)
  await embeddings.close()
})

withWeights('answers who waits before it goes on in the background', async () => {
  const embeddings = createEmbeddings({ settings: settingsFor(weights) })
  await embeddings.settled()
  const embedder = embeddings.ready()
  const order: string[] = []
  const many = Array.from({ length: 40 }, (_, at) => `Text number ${at} about something else.`)
  const later = embedder?.embed(many, { signal }).then(() => order.push('background'))
  await embedder
    ?.embed(['quick question'], { signal, urgent: true })
    .then(() => order.push('urgent'))
  await later
  expect(order).toEqual(['urgent', 'background'])
  await embeddings.close()
})

it('says what is missing where there are no weights and none may be had', async () => {
  const modelsDir = await tempDataDir()
  const embeddings = createEmbeddings({ settings: settingsFor(modelsDir) })
  await embeddings.settled()
  expect(embeddings.ready()).toBeUndefined()
  expect(await embeddings.local()).toBeUndefined()
  expect(embeddings.state()).toMatchObject({
    state: 'unavailable',
    remedy: expect.stringContaining(modelsDir),
  })
  await embeddings.close()
})

const hub: RequestListener = (req, res) => {
  const file = (req.url ?? '').replace('/Xenova/all-MiniLM-L6-v2/resolve/main/', '')
  readFile(join(weights, 'Xenova/all-MiniLM-L6-v2', file)).then(
    (bytes) => res.setHeader('content-length', bytes.length).end(bytes),
    () => res.writeHead(404).end(),
  )
}

withWeights('downloads weights from the hub, tells how far it is, and uses them', async () => {
  const modelsDir = await tempDataDir()
  const states: EmbeddingState[] = []
  await serve(hub, async (url) => {
    const settings = settingsFor(modelsDir, { ragModelHub: url })
    const embeddings = createEmbeddings({ settings, report: (state) => states.push(state) })
    await embeddings.settled()
    expect(embeddings.state()).toMatchObject({ state: 'ready' })
    expect((await embeddings.ready()?.embed(['x'], { signal }))?.vectors[0]).toHaveLength(384)
    await embeddings.close()
  })
  expect(states.filter(({ state }) => state === 'loading').length).toBeGreaterThan(10)
  expect(await readdir(join(modelsDir, 'Xenova/all-MiniLM-L6-v2/onnx'))).toEqual([
    'model_quantized.onnx',
  ])
})

it.each<[string, RequestListener]>([
  ['is not there', (_req, res) => res.writeHead(404).end()],
  [
    'breaks off',
    (_req, res) =>
      void res.writeHead(200, { 'content-length': 5000 }).write('half', () => res.destroy()),
  ],
  ['sends nonsense', (_req, res) => res.end('<html>Not a model</html>')],
])('goes on by words where the hub %s, and leaves no half a file', async (_, hub) => {
  const modelsDir = await tempDataDir()
  await serve(hub, async (url) => {
    const embeddings = createEmbeddings({ settings: settingsFor(modelsDir, { ragModelHub: url }) })
    await embeddings.settled()
    expect(embeddings.state()).toMatchObject({ state: 'unavailable', reason: expect.any(String) })
    await embeddings.close()
  })
  const left = await readdir(modelsDir, { recursive: true })
  expect(left.filter((name) => name.endsWith('.part'))).toEqual([])
})

it('refuses a model that is nowhere, and knows the local one by its short names', async () => {
  const modelsDir = await tempDataDir()
  const state = (ragEmbeddingModel: string): string => {
    const embeddings = createEmbeddings({ settings: settingsFor(modelsDir, { ragEmbeddingModel }) })
    return embeddings.state().state
  }
  expect(
    ['none', 'gpt-5', 'all-MiniLM-L6-v2', 'sentence-transformers/all-MiniLM-L6-v2'].map(state),
  ).toEqual(['off', 'unavailable', 'loading', 'loading'])
})

it('takes vectors from an OpenAI-compatible API, in the right order and of length 1', async () => {
  const server = await startEmbeddingServer()
  const embedder = createHttpEmbedder({ baseUrl: server.url, model: 'm' })
  const { vectors } = await embedder.embed(['one fish', 'two turbines', 'one fish'], { signal })
  expect(product(vectors[0], vectors[2])).toBeCloseTo(1, 5)
  expect(product(vectors[0], vectors[1])).toBeLessThan(0.9)
})

it.each([
  [
    'fewer vectors',
    { status: 200, body: { data: [{ embedding: [1, 2] }] }, code: 'upstream_invalid_response' },
  ],
  [
    'vectors of different lengths',
    {
      status: 200,
      body: { data: [{ embedding: [1, 2] }, { embedding: [1] }] },
      code: 'upstream_invalid_response',
    },
  ],
  [
    'a vector of zeros',
    {
      status: 200,
      body: { data: [{ embedding: [0, 0] }, { embedding: [1, 0] }] },
      code: 'upstream_invalid_response',
    },
  ],
  ['no JSON we know', { status: 200, body: { hello: 1 }, code: 'upstream_invalid_response' }],
  ['an error', { status: 500, body: { error: {} }, code: 'upstream_error' }],
  ['a refusal of our key', { status: 401, body: { error: {} }, code: 'upstream_credentials' }],
])('refuses %s of an API', async (_, { status, body, code }) => {
  const server = await startEmbeddingServer()
  Object.assign(server.fail, { status, body })
  const embedder = createHttpEmbedder({ baseUrl: server.url, model: 'm' })
  await expect(embedder.embed(['a', 'b'], { signal })).rejects.toMatchObject({ code })
})

it('gives up on an API that does not answer, or is not there', async () => {
  await serve(
    () => undefined,
    async (url) => {
      const slow = createHttpEmbedder({ baseUrl: url, model: 'm', timeoutMs: 50 })
      await expect(slow.embed(['a'], { signal })).rejects.toMatchObject({
        code: 'upstream_timeout',
      })
    },
  )
  const gone = createHttpEmbedder({ baseUrl: 'http://127.0.0.1:9/v1', model: 'm' })
  await expect(gone.embed(['a'], { signal })).rejects.toMatchObject({
    code: 'upstream_unreachable',
  })
})

it('reads the ratings of a reranker, and puts last what it left out', async () => {
  const results = [
    { index: 2, relevance_score: 0.9 },
    { index: 0, relevance_score: -3 },
    { index: 99, relevance_score: 5 },
  ]
  await serve(
    (_req, res) => res.end(JSON.stringify({ results })),
    async (url) => {
      const ratings = await createReranker({ url }).rate('q', ['a', 'b', 'c'], signal)
      expect(ratings).toEqual([-3, -4, 0.9])
    },
  )
  await expect(
    createReranker({ url: 'http://127.0.0.1:9/' }).rate('q', ['a'], signal),
  ).rejects.toMatchObject({ code: 'upstream_error' })
})
