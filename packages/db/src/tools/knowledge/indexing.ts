/**
 * The steps by which a document becomes searchable. Each is one transaction that can be made again: a process that dies
 * between two of them goes on with the next one. Until `publish` a search sees the document as it was before, or not.
 */
import { eq } from 'drizzle-orm'
import type { DocumentBlock, ParsedDocument } from '@tandem/schemas'
import { stagedChunks } from '../schema/chunks.ts'
import { documents, documentSources } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import { saveSource } from './add-documents.ts'
import { rowOfEmbedder } from './embedder-row.ts'
import {
  isCurrent,
  selectNext,
  type IndexingFailure,
  type IndexingJob,
  type NewChunk,
  type NewVector,
  type PendingChunk,
} from './indexing-job.ts'
import { fillMissing, selectMissing, type MissingQuery } from './missing-vectors.ts'
import { packBlocks, readBlocks } from './source.ts'
import { publish, selectPending, stage } from './staging.ts'

export interface IndexingRows {
  /** A file to be parsed: the one that waits longest, of another owner than `after` where there is one. */
  nextToParse(after: string | undefined): Promise<IndexingJob | undefined>
  /** The text of a file. */
  setSource(job: IndexingJob, blocks: readonly DocumentBlock[]): Promise<void>
  /** The same, of those whose text is there. */
  next(after: string | undefined): Promise<IndexingJob | undefined>
  source(job: IndexingJob): Promise<ParsedDocument | undefined>
  /**
   * Puts the chunks beside the live ones, with the vectors that the owner's chunks of the same text have; in several
   * transactions, between which others write. Whoever dies in between cuts and stages them again.
   */
  stage(job: IndexingJob, staged: readonly NewChunk[], embedder: string | undefined): Promise<void>
  /** Staged chunks without a vector of this embedder. */
  pending(job: IndexingJob, embedder: string, limit: number): Promise<PendingChunk[]>
  /** Drops what is for chunks that are not there any more. */
  storeVectors(job: IndexingJob, embedder: string, vectors: readonly NewVector[]): Promise<void>
  /** Swaps the staged chunks for the live ones, in one transaction. False where the job is void. */
  publish(job: IndexingJob): Promise<boolean>
  fail(job: IndexingJob, failure: IndexingFailure): Promise<void>
  /** Live chunks of everyone without a vector of this embedder, in the order of their rows. */
  missing(embedder: string, query: MissingQuery): Promise<PendingChunk[]>
  fillMissing(embedder: string, vectors: readonly NewVector[]): Promise<void>
}

/** Chunks staged in one transaction. */
const sliceSize = 1000

export function createIndexingRows(db: ToolsStore): IndexingRows {
  return {
    nextToParse: (after) => db.read(() => selectNext(db, after, { parsed: false })),
    setSource: (job, blocks) => {
      const source = packBlocks(blocks)
      const bytes = blocks.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
      return db.write(() => {
        if (!isCurrent(db, job)) return
        saveSource(db, job.documentRow, source)
        const one = eq(documents.rowId, job.documentRow)
        db.orm.update(documents).set({ bytes }).where(one).run()
      })
    },
    next: (after) => db.read(() => selectNext(db, after, { parsed: true })),
    source: (job) => db.read(() => selectSource(db, job)),
    async stage(job, staged, embedder) {
      for (let from = 0; from === 0 || from < staged.length; from += sliceSize) {
        await db.write(() => {
          if (isCurrent(db, job)) stage(db, job, { staged, from, to: from + sliceSize, embedder })
        })
      }
    },
    pending: (job, embedder, limit) => db.read(() => selectPending(db, job, { embedder, limit })),
    storeVectors: (job, embedder, vectors) =>
      db.write(() => {
        if (!isCurrent(db, job)) return
        const embedderRow = rowOfEmbedder(db, embedder)
        for (const { rowId, vector } of vectors) {
          db.orm
            .update(stagedChunks)
            .set({ embedderRow, vector: Buffer.from(vector) })
            .where(eq(stagedChunks.rowId, rowId))
            .run()
        }
      }),
    publish: (job) =>
      db.write(() => {
        if (!isCurrent(db, job)) return false
        publish(db, job)
        return true
      }),
    fail: (job, { message, code }) =>
      db.write(() => {
        if (!isCurrent(db, job)) return
        db.orm.delete(stagedChunks).where(eq(stagedChunks.documentRow, job.documentRow)).run()
        db.orm
          .update(documents)
          .set({ status: 'failed', error: message, errorCode: code, updatedAt: db.now() })
          .where(eq(documents.rowId, job.documentRow))
          .run()
      }),
    missing: (embedder, query) => db.read(() => selectMissing(db, embedder, query)),
    fillMissing: (embedder, vectors) => db.write(() => fillMissing(db, embedder, vectors)),
  }
}

function selectSource(db: ToolsStore, job: IndexingJob): ParsedDocument | undefined {
  if (!isCurrent(db, job)) return undefined
  const row = db.orm
    .select({ blocks: documentSources.blocks })
    .from(documentSources)
    .where(eq(documentSources.documentRow, job.documentRow))
    .get()
  return row && { title: job.title, blocks: readBlocks(row.blocks) }
}
