/** Latency, recall, memory and the event loop at many chunks, through the real threads and FAISS. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { openKnowledgeDb, openToolsDb } from '@tandem/db'
import { watchThread, type Held } from '@tandem/testing'
import { createCollections } from '../../src/collections/collections.ts'
import { searchExactly } from '../../src/collections/vectors/exact.ts'
import type { Embeddings } from '../../src/embeddings/embeddings.ts'
import { toBytes } from '../../src/embeddings/unit.ts'
import { clusteredVectors, createRandom } from './clustered-vectors.ts'
import { round } from './measure-quality.ts'
import { noFiles } from './no-files.ts'
import { watchMemory, type MemoryWatch } from './watch-memory.ts'

const dimensions = 384
const seed = 11
const perDocument = 1000
const embedder = 'bench'

export interface SpeedOptions {
  dataDir: string
  isThere: boolean
  chunks: number
  searches: number
}

type Print = (figures: Record<string, unknown>) => void

export async function measureSpeed(options: SpeedOptions, print: Print): Promise<void> {
  const { dataDir, isThere, chunks, searches } = options
  const dbPath = join(dataDir, 'tools.db')
  const db = await openToolsDb({ path: dbPath })
  if (!isThere) {
    const started = performance.now()
    await fill(options)
    print({ filled: chunks, seconds: round((performance.now() - started) / 1000, 1) })
  }
  const id = (await db.collections.find('bench', 'speed'))?.id ?? ''
  const memory = watchMemory()
  const collections = createCollections({
    db,
    embeddings: queriesByNumber(),
    readFileText: noFiles,
    quota: { bytes: 1e9, documents: 1e6 },
    chunkSize: 220,
    chunkOverlap: 30,
    onError: (error) => console.error(error),
    threads: {
      dbPath,
      indexesDir: join(dataDir, 'indexes'),
      indexType: 'HNSW',
      useFaiss: true,
      efSearch: 128,
      memoryMb: 2048,
    },
  })
  const { signal } = new AbortController()
  const search = (at: number, mode: 'hybrid' | 'vector' = 'hybrid', k = 10) =>
    collections.search('bench', { collections: [id], query: query(at), k, mode }, { signal })
  try {
    const started = performance.now()
    await search(0)
    print({
      firstSearchSeconds: round((performance.now() - started) / 1000, 1),
      ...(await collections.state()).index,
    })
    // The first one sent for the index; it is used as soon as it is built.
    await collections.idle()
    print({ builtAfterSeconds: round((performance.now() - started) / 1000, 1) })
    for (let at = 0; at < 50; at += 1) await search(at)
    print({ recallAt10: await recall(chunks, (at) => search(at, 'vector', 50)) })
    print(await time(search, searches, { print, memory }))
  } finally {
    memory.close()
    await collections.close()
    await db.close()
  }
}

/** After these every page of the indexes and of SQLite's caches has been met, and V8's heaps have their sizes. */
const warmUp = 2500
const sampleEvery = 1000

async function time(
  search: (at: number) => Promise<unknown>,
  searches: number,
  { print, memory }: { print: Print; memory: MemoryWatch },
): Promise<Record<string, unknown>> {
  for (let at = 0; at < Math.min(warmUp, searches); at += 1) await search(searches + at)
  const loop = monitorEventLoopDelay({ resolution: 5 })
  loop.enable()
  const held = watchHeld()
  const times: number[] = []
  const { residentMb: before } = await memory.sample()
  for (let at = 0; at < searches; at += 1) {
    const started = performance.now()
    await search(at)
    times.push(performance.now() - started)
    if ((at + 1) % sampleEvery !== 0) continue
    const sample = await memory.sample()
    print({ searched: at + 1, grownMb: round(sample.residentMb - before, 1), ...sample })
  }
  loop.disable()
  const { residentMb: after } = await memory.sample()
  const sorted = times.toSorted((a, b) => a - b)
  return {
    searches,
    p50Ms: round(sorted[searches >> 1] ?? 0, 1),
    p95Ms: round(sorted[Math.floor(searches * 0.95)] ?? 0, 1),
    residentMb: round(before, 1),
    grownMb: round(after - before, 1),
    loopP99Ms: round(loop.percentile(99) / 1e6, 1),
    loopMaxMs: round(loop.max / 1e6, 1),
    ...held.stop(),
  }
}

/** What the longest delays of the main thread were: its own work, its garbage collections, or the machine's. */
function watchHeld(): { stop(): Record<string, unknown> } {
  const delays: Held[] = []
  let longestGc = 0
  const end = watchThread((held) => void delays.push(held))
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestGc = Math.max(longestGc, duration)
  })
  collections.observe({ entryTypes: ['gc'] })
  return {
    stop() {
      end()
      collections.disconnect()
      const latest = delays.toSorted((a, b) => b.lateMs - a.lateMs).slice(0, 3)
      const longest = latest.map(({ lateMs, blockedMs, computedMs }) => ({
        lateMs: round(lateMs, 1),
        blockedMs: round(blockedMs, 1),
        computedMs: round(computedMs, 1),
      }))
      const own = delays.map(({ blockedMs, computedMs }) => Math.min(blockedMs, computedMs))
      // What the process itself held up, whatever the machine was busy with.
      const heldUpMs = round(Math.max(0, ...own), 1)
      return { heldUpMs, longest, longestGcMs: round(longestGc, 1) }
    },
  }
}

async function recall(
  chunks: number,
  search: (at: number) => Promise<{ hits: { text: string; similarity?: number | undefined }[] }>,
): Promise<number> {
  const values = clusteredVectors({ count: chunks, dimensions, seed })
  const rowIds = Float64Array.from({ length: chunks }, (_, at) => at)
  let shared = 0
  const count = 200
  for (let at = 0; at < count; at += 1) {
    const exact = searchExactly({ rowIds, values, dimensions }, queryVector(at), {
      k: 10,
      isLive: () => true,
    })
    const { hits } = await search(at)
    // Hits are chosen for variety too; the index is judged by what it found.
    const nearest = hits.toSorted((a, b) => (b.similarity ?? 0) - (a.similarity ?? 0)).slice(0, 10)
    const found = new Set(nearest.map(({ text }) => Number(/chunk (\d+)/.exec(text)?.[1])))
    shared += exact.filter(({ rowId }) => found.has(rowId)).length
  }
  return round(shared / (count * 10), 4)
}

/** Not among the indexed ones. */
function queryVector(at: number): Float32Array {
  return clusteredVectors({ count: 1, dimensions, seed, from: 10_000_000 + at })
}

function queriesByNumber(): Embeddings {
  return {
    state: () => ({ state: 'ready', model: embedder }),
    ready: () => ({
      name: embedder,
      embed: async (texts) => ({
        vectors: texts.map((text) => queryVector(Number(/query (\d+)/.exec(text)?.[1] ?? 0))),
        tokens: 0,
      }),
    }),
    local: async () => undefined,
    hasLocal: () => false,
    settled: async () => undefined,
    close: async () => undefined,
  }
}

/** Five words, of which some are frequent. */
function query(at: number): string {
  const random = createRandom(at + 77)
  return `query ${at % 1000} ${words(random, 5)}`
}

/** As often as words are: the second half as often as the first. */
function words(random: () => number, count: number): string {
  return Array.from({ length: count }, () => wordAt(Math.floor(30_000 ** random()))).join(' ')
}

function wordAt(rank: number): string {
  return `w${createHash('md5')
    .update(String(rank))
    .digest('hex')
    .slice(0, 6)
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')}`
}

async function fill({ dataDir, chunks }: SpeedOptions): Promise<void> {
  const db = await openKnowledgeDb({ path: join(dataDir, 'tools.db') })
  const { id = '' } = (await db.collections.create('bench', { name: 'speed' })) ?? {}
  for (let from = 0; from < chunks; from += perDocument) {
    const random = createRandom(from + 5)
    const count = Math.min(perDocument, chunks - from)
    const vectors = clusteredVectors({ count, dimensions, seed, from })
    const title = `Document ${from / perDocument}`
    const document = { title, blocks: [{ text: title }], chunkSize: 220, chunkOverlap: 0 }
    const quota = { bytes: 1e9, documents: 1e6 }
    await db.documents.add('bench', id, { documents: [document], quota })
    const job = await db.indexing.next(undefined)
    if (!job) throw new Error('no document to be indexed')
    const staged = Array.from({ length: count }, (_, at) => {
      const text = `chunk ${from + at} ${words(random, 120)}`
      return { text, place: {}, hash: createHash('sha256').update(text).digest() }
    })
    await db.indexing.stage(job, staged, embedder)
    const pending = await db.indexing.pending(job, embedder, count)
    await db.indexing.storeVectors(
      job,
      embedder,
      pending.map(({ rowId }, at) => ({
        rowId,
        vector: toBytes(vectors.slice(at * dimensions, (at + 1) * dimensions)),
      })),
    )
    await db.indexing.publish(job)
  }
  await db.close()
}
