import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DocumentBlock } from '@tandem/schemas'
import type {
  BatchRows,
  CollectionRows,
  DocumentRows,
  IndexingJob,
  IndexingRows,
  KnowledgeDb,
  NewVector,
} from '@tandem/db'
import { chunkDocument } from '../chunk/chunk-document.ts'
import { hashOf, toEmbed } from '../chunk/to-embed.ts'
import { createArrivals } from '../source-parts.ts'
import { folderOf, topicsPath, wordsPath } from '../places.ts'
import { buildTopics } from '../topics/build-topics.ts'
import { buildIndex } from '../vectors/build-index.ts'
import { loadFaiss, type FaissState } from '../vectors/faiss.ts'
import { openWordsFile, removeWordsFile, updateWords } from '../words/words-file.ts'
import { createTurns } from './in-turn.ts'
import { createReadSource, type ReadSource } from './read-source.ts'
import type { ThreadData } from './thread-data.ts'

/** A collection by its row, and its public id, which its index files carry. */
export interface CollectionRef {
  rowId: number
  id: string
}

export interface ChunkToEmbed {
  rowId: number
  text: string
}

/** More would be half a million pages; and one transaction has to take them. */
const maxChunks = 50_000

export interface IndexCalls {
  add: DocumentRows['add']
  /** The text as it was parsed, from a block on. */
  source: ReadSource
  removeDocument: DocumentRows['remove']
  cancelDocument: DocumentRows['cancel']
  cancelBatch: BatchRows['cancel']
  removeFile: DocumentRows['removeFile']
  removeCollection(owner: string, id: string): Promise<number[]>
  removeOwner(owner: string): Promise<number[]>
  /** Expired collections, and the files of those that are gone. */
  sweep(): Promise<number[]>
  nextToParse: IndexingRows['nextToParse']
  /** A part of a file's text; those that came are dropped where the thread dies, and the file is read again. */
  bringSource(job: IndexingJob, part: { from: number; blocks: readonly DocumentBlock[] }): void
  /** All of so many blocks have come. */
  setSource(job: IndexingJob, count: number): Promise<void>
  next: IndexingRows['next']
  /** Cuts the document and stages its chunks. @returns false where it was too long, and has failed */
  cut(job: IndexingJob, embedder: string | undefined): Promise<boolean>
  pending(job: IndexingJob, embedder: string, limit: number): Promise<ChunkToEmbed[]>
  storeVectors: IndexingRows['storeVectors']
  publish(job: IndexingJob): Promise<boolean>
  fail: IndexingRows['fail']
  missing(embedder: string, query: { limit: number; after: number }): Promise<ChunkToEmbed[]>
  fillMissing(embedder: string, vectors: readonly NewVector[]): Promise<void>
  /** Brings the index of words up to date; a broken one is made anew. */
  refresh(collection: CollectionRef & { broken?: boolean }): Promise<void>
  /** Builds the FAISS index anew. @returns how many vectors are in it */
  buildVectors(collection: CollectionRef, embedder: string): Promise<number>
  /** Learns its topics anew. @returns how many sections it has */
  buildTopics(collection: CollectionRef): Promise<number>
}

export function createIndexCalls(db: KnowledgeDb, data: ThreadData): IndexCalls {
  const { documents, collections, indexing } = db
  const inTurn = createTurns()
  const arrivals = createArrivals()
  let faiss: FaissState | undefined
  return {
    add: documents.add,
    source: createReadSource(documents),
    removeDocument: documents.remove,
    cancelDocument: documents.cancel,
    cancelBatch: db.batches.cancel,
    removeFile: documents.removeFile,
    removeCollection: (owner, id) => removed(data, collections.remove(owner, id)),
    removeOwner: (owner) => removed(data, collections.removeAll(owner)),
    async sweep() {
      const rowIds = await removed(data, collections.removeExpired())
      await removeStrays(data, collections)
      return rowIds
    },
    nextToParse: indexing.nextToParse,
    bringSource: (job, part) => arrivals.add(job.documentRow, part),
    setSource: (job, count) => indexing.setSource(job, arrivals.take(job.documentRow, count)),
    next: indexing.next,
    cut: (job, embedder) => cut(db, job, embedder),
    async pending(job, embedder, limit) {
      const found = await indexing.pending(job, embedder, limit)
      return found.map(toText)
    },
    storeVectors: indexing.storeVectors,
    async publish(job) {
      const published = await indexing.publish(job)
      const collection = { rowId: job.collectionRow, id: job.collectionId }
      // So that the next search need not; one that comes meanwhile waits for this.
      if (published) await inTurn(collection.rowId, () => refresh(db, data, collection))
      return published
    },
    fail: indexing.fail,
    missing: async (embedder, query) => (await indexing.missing(embedder, query)).map(toText),
    fillMissing: indexing.fillMissing,
    refresh: (collection) => inTurn(collection.rowId, () => refresh(db, data, collection)),
    buildTopics: (collection) =>
      inTurn(collection.rowId, async () => {
        const wanted = await db.retrieval.tags(collection.rowId)
        const path = topicsPath(data.indexesDir, collection.rowId)
        return buildTopics({ path, collection: collection.id, rows: db.retrieval }, wanted)
      }),
    buildVectors: (collection, embedder) =>
      inTurn(collection.rowId, async () => {
        faiss ??= loadFaiss()
        if (!faiss.ok || !data.useFaiss) return 0
        const wanted = await db.retrieval.vectorTags(collection.rowId, embedder)
        const kind = { collection: collection.id, embedder, type: data.indexType }
        const folder = folderOf(data.indexesDir, collection.rowId)
        return buildIndex({ faiss: faiss.faiss, folder, kind, rows: db.retrieval }, wanted)
      }),
  }
}

async function cut(
  db: KnowledgeDb,
  job: IndexingJob,
  embedder: string | undefined,
): Promise<boolean> {
  const source = await db.indexing.source(job)
  if (!source) return true
  const chunks = chunkDocument(source, { size: job.chunkSize, overlap: job.chunkOverlap })
  if (chunks.length > maxChunks) {
    const message = `The document is too long (${chunks.length} chunks, at most ${maxChunks}): split it.`
    await db.indexing.fail(job, { message, code: 'invalid_file' })
    return false
  }
  const staged = chunks.map(({ text, place }) => ({
    text,
    place,
    hash: hashOf(toEmbed({ title: job.title, heading: place.heading, text })),
  }))
  await db.indexing.stage(job, staged, embedder)
  return true
}

function toText({
  rowId,
  title,
  text,
  place,
}: Awaited<ReturnType<IndexingRows['pending']>>[number]): ChunkToEmbed {
  return { rowId, text: toEmbed({ title, heading: place.heading, text }) }
}

async function refresh(
  db: KnowledgeDb,
  data: ThreadData,
  { rowId, id, broken = false }: CollectionRef & { broken?: boolean },
): Promise<void> {
  const generation = await db.retrieval.generation(rowId)
  if (generation === undefined) return
  const path = wordsPath(data.indexesDir, rowId)
  if (broken) removeWordsFile(path)
  const words = openWordsFile({ path, collection: id })
  try {
    await updateWords(words, db.retrieval, { collectionRow: rowId, generation })
  } finally {
    words.close()
  }
}

/** The rows are gone first: files without a row are swept at the next start. */
async function removed(data: ThreadData, removing: Promise<number[]>): Promise<number[]> {
  const rowIds = await removing
  for (const rowId of rowIds) {
    await rm(folderOf(data.indexesDir, rowId), { recursive: true, force: true })
  }
  return rowIds
}

async function removeStrays(data: ThreadData, collections: CollectionRows): Promise<void> {
  const names = await readdir(data.indexesDir).catch(() => [])
  const known = new Set((await collections.rowIds()).map(String))
  for (const name of names) {
    const isOurs = /^\d+$/.test(name)
    if (isOurs && !known.has(name))
      await rm(join(data.indexesDir, name), { recursive: true, force: true })
  }
}
