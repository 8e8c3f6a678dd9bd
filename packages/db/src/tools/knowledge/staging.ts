/** Chunks beside the live ones, which they replace all at once. */
import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm'
import { chunks, chunkVectors, embedders, stagedChunks } from '../schema/chunks.ts'
import { collections } from '../schema/collections.ts'
import { documents } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import { countUp } from './documents.ts'
import { rowOfEmbedder } from './embedder-row.ts'
import type { IndexingJob, NewChunk, PendingChunk } from './indexing-job.ts'

export interface StagedSlice {
  staged: readonly NewChunk[]
  from: number
  to: number
  embedder: string | undefined
}

/** One slice of them: the first takes the place of all that was staged before, the last says that they are all there. */
export function stage(
  db: ToolsStore,
  job: IndexingJob,
  { staged, from, to, embedder }: StagedSlice,
): void {
  const { documentRow, owner } = job
  const embedderRow = embedder === undefined ? undefined : rowOfEmbedder(db, embedder)
  if (from === 0) {
    db.orm.delete(stagedChunks).where(eq(stagedChunks.documentRow, documentRow)).run()
  }
  for (const [at, { text, place, hash }] of staged.slice(from, to).entries()) {
    const vector =
      embedderRow === undefined ? undefined : knownVector(db, { owner, hash, embedderRow })
    db.orm
      .insert(stagedChunks)
      .values({
        documentRow,
        ordinal: from + at,
        text,
        place,
        hash,
        tag: hash.readUInt32LE(0),
        ...(vector && { vector, embedderRow }),
      })
      .run()
  }
  if (to < staged.length) return
  db.orm
    .update(documents)
    .set({ chunksTotal: staged.length })
    .where(eq(documents.rowId, documentRow))
    .run()
}

/** Only the owner's own chunks are asked, so that nobody can tell by the time what others have. */
function knownVector(
  db: ToolsStore,
  { owner, hash, embedderRow }: { owner: string; hash: Buffer; embedderRow: number },
): Buffer | undefined {
  return db.orm
    .select({ vector: chunkVectors.vector })
    .from(chunks)
    .innerJoin(chunkVectors, eq(chunkVectors.chunkRow, chunks.rowId))
    .innerJoin(collections, eq(collections.rowId, chunks.collectionRow))
    .where(
      and(
        eq(chunks.hash, hash),
        eq(collections.owner, owner),
        eq(chunkVectors.embedderRow, embedderRow),
      ),
    )
    .limit(1)
    .get()?.vector
}

/** Those without a vector; then those with one of another model, which embedded before. */
export function selectPending(
  db: ToolsStore,
  { documentRow, title }: IndexingJob,
  { embedder, limit }: { embedder: string; limit: number },
): PendingChunk[] {
  const known = db.orm
    .select({ rowId: embedders.rowId })
    .from(embedders)
    .where(eq(embedders.name, embedder))
    .get()
  const { embedderRow } = stagedChunks
  // One after the other: of both at once SQLite would read every chunk.
  for (const lacking of [isNull(embedderRow), known && ne(embedderRow, known.rowId)]) {
    const found = db.orm
      .select({ rowId: stagedChunks.rowId, text: stagedChunks.text, place: stagedChunks.place })
      .from(stagedChunks)
      .where(and(eq(stagedChunks.documentRow, documentRow), lacking))
      .orderBy(asc(stagedChunks.ordinal))
      .limit(limit)
      .all()
    if (found.length > 0) return found.map((chunk) => ({ ...chunk, title }))
  }
  return []
}

export function publish(db: ToolsStore, { documentRow, collectionRow }: IndexingJob): void {
  db.orm.delete(chunks).where(eq(chunks.documentRow, documentRow)).run()
  db.orm
    .run(sql`insert into ${chunks} (collection_row, document_row, ordinal, text, place, hash, tag)
    select ${collectionRow}, document_row, ordinal, text, place, hash, tag from ${stagedChunks}
    where document_row = ${documentRow} order by ordinal`)
  db.orm.run(sql`insert into ${chunkVectors} (chunk_row, collection_row, embedder_row, tag, vector)
    select live.row_id, live.collection_row, staged.embedder_row, live.tag, staged.vector
    from ${stagedChunks} staged join ${chunks} live
      on live.document_row = staged.document_row and live.ordinal = staged.ordinal
    where staged.document_row = ${documentRow} and staged.vector is not null order by live.row_id`)
  db.orm.delete(stagedChunks).where(eq(stagedChunks.documentRow, documentRow)).run()
  db.orm
    .update(documents)
    .set({ status: 'completed', error: null, errorCode: null, updatedAt: db.now() })
    .where(eq(documents.rowId, documentRow))
    .run()
  countUp(db, [collectionRow])
}
