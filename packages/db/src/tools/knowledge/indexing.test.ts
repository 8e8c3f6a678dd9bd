import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { makeTempDir, type TempDir } from '@tandem/testing'
import { openToolsDb, type ToolsDb } from '../open.ts'
import { openKnowledgeDb, type KnowledgeDb } from './open.ts'
import type { IndexingJob, NewChunk } from './indexing-job.ts'

let folder: TempDir
let tables: ToolsDb
let db: KnowledgeDb
let collection: string
let now = 1000
beforeEach(async () => {
  folder = await makeTempDir()
  const path = join(folder.path, 'tools.db')
  tables = await openToolsDb({ path })
  db = await openKnowledgeDb({ path, now: () => (now += 1) })
  collection = (await db.collections.create('ann', { name: 'c' }))?.id ?? ''
})
afterEach(async () => {
  await db.close()
  await tables.close()
  await folder.remove()
})

async function add(): Promise<string> {
  const document = { title: 'T', blocks: [{ text: 'text' }], chunkSize: 220, chunkOverlap: 0 }
  const quota = { bytes: 1e9, documents: 10 }
  const added = await db.documents.add('ann', collection, { documents: [document], quota })
  return added?.documents[0]?.id ?? ''
}

async function nextJob(): Promise<IndexingJob> {
  const job = await db.indexing.next(undefined)
  if (!job) throw new Error('nothing to index')
  return job
}

function chunks(count: number): NewChunk[] {
  return Array.from({ length: count }, (_, at) => {
    const text = `chunk ${at}`
    return { text, place: {}, hash: createHash('sha256').update(text).digest() }
  })
}

const get = (id: string) => db.documents.get('ann', collection, id)
const vector = Buffer.alloc(16, 1)

it('stages a long document in slices, embeds it in its order, and publishes all of it', async () => {
  const id = await add()
  const job = await nextJob()
  expect(job.cut).toBe(false)
  await db.indexing.stage(job, chunks(1200), 'old')
  expect((await nextJob()).cut).toBe(true)
  const pending = await db.indexing.pending(job, 'old', 900)
  expect(pending.map(({ text }) => text)).toEqual(chunks(900).map(({ text }) => text))
  const embedded = pending.map(({ rowId }) => ({ rowId, vector }))
  await db.indexing.storeVectors(job, 'old', embedded)
  expect(await get(id)).toMatchObject({ status: 'in_progress', progress: 0.75, chunks: 0 })
  expect(await db.indexing.pending(job, 'old', 1)).toMatchObject([{ text: 'chunk 900' }])
  // Another model takes over: what has no vector comes first, then what the other one made.
  const rest = await db.indexing.pending(job, 'new', 3000)
  expect(rest.map(({ text }) => text)).toEqual(
    chunks(1200)
      .slice(900)
      .map(({ text }) => text),
  )
  const others = rest.map(({ rowId }) => ({ rowId, vector }))
  await db.indexing.storeVectors(job, 'new', others)
  expect(await db.indexing.pending(job, 'new', 3000)).toHaveLength(900)
  expect(await db.indexing.publish(job)).toBe(true)
  expect(await get(id)).toMatchObject({ status: 'completed', chunks: 1200 })
})

it('does nothing for a document that was cancelled and added again meanwhile', async () => {
  const id = await add()
  const old = await nextJob()
  await db.indexing.stage(old, chunks(3), undefined)
  await db.documents.cancel('ann', collection, id)
  expect(await add()).toBe(id)
  expect(await db.indexing.publish(old)).toBe(false)
  await db.indexing.stage(old, chunks(2), undefined)
  expect(await get(id)).toMatchObject({ status: 'in_progress', progress: 0, chunks: 0 })
  const job = await nextJob()
  expect(job.cut).toBe(false)
  await db.indexing.stage(job, chunks(3), undefined)
  expect(await db.indexing.publish(job)).toBe(true)
  expect(await get(id)).toMatchObject({ status: 'completed', chunks: 3 })
})

it('is not cut until the last slice is there', async () => {
  const id = await add()
  const job = await nextJob()
  const staging = db.indexing.stage(job, chunks(1200), undefined)
  await Promise.all([staging, db.documents.cancel('ann', collection, id)])
  expect(await db.indexing.publish(job)).toBe(false)
  expect(await get(id)).toMatchObject({ status: 'cancelled', chunks: 0 })
  await add()
  expect((await nextJob()).cut).toBe(false)
})

it('gives chunks without a vector in the order of their rows, going on where it was', async () => {
  await add()
  const job = await nextJob()
  await db.indexing.stage(job, chunks(300), undefined)
  await db.indexing.publish(job)
  const first = await db.indexing.missing('m', { limit: 100, after: 0 })
  expect(first.map(({ text }) => text)).toEqual(chunks(100).map(({ text }) => text))
  await db.indexing.fillMissing(
    'm',
    first.map(({ rowId }) => ({ rowId, vector })),
  )
  const after = first.at(-1)?.rowId ?? 0
  const next = await db.indexing.missing('m', { limit: 300, after })
  expect(next).toHaveLength(200)
  expect(next[0]?.text).toBe('chunk 100')
  // Another model looks at all of them again.
  expect(await db.indexing.missing('n', { limit: 1, after: 0 })).toEqual(first.slice(0, 1))
  expect(await db.indexing.missing('m', { limit: 9, after: next.at(-1)?.rowId ?? 0 })).toEqual([])
})
