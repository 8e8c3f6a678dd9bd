/** Chunks beside the live ones, which they replace all at once. */
import { and, asc, eq, isNull, ne, or, sql } from 'drizzle-orm'
import { chunks, chunkVectors, embedders, stagedChunks } from '../schema/chunks.ts'
import { collections } from '../schema/collections.ts'
import { documents } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import { countUp } from './documents.ts'
import { rowOfEmbedder } from './embedder-row.ts'
import type { IndexingJob, NewChunk, PendingChunk } from './indexing-job.ts'

export function stage(
  db: ToolsStore,
  job: IndexingJob,
  { staged, embedder }: { staged: readonly NewChunk[]; embedder: string | undefined },
): void {
  const { documentRow, owner } = job
  const embedderRow = embedder === undefined ? undefined : rowOfEmbedder(db, embedder)
  db.orm.delete(stagedChunks).where(eq(stagedChunks.documentRow, documentRow)).run()
  for (const [ordinal, { text, place, hash }] of staged.entries()) {
    const vector =
      embedderRow === undefined ? undefined : knownVector(db, { owner, hash, embedderRow })
    db.orm
      .insert(stagedChunks)
      .values({
        documentRow,
        ordinal,
        text,
        place,
        hash,
        tag: hash.readUInt32LE(0),
        ...(vector && { vector, embedderRow }),
      })
      .run()
  }
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

export function selectPending(
  db: ToolsStore,
  { documentRow, title }: IndexingJob,
  { embedder, limit }: { embedder: string; limit: number },
): PendingChunk[] {
  const embedderRow = db.orm
    .select({ rowId: embedders.rowId })
    .from(embedders)
    .where(eq(embedders.name, embedder))
  const found = db.orm
    .select({ rowId: stagedChunks.rowId, text: stagedChunks.text, place: stagedChunks.place })
    .from(stagedChunks)
    .where(
      and(
        eq(stagedChunks.documentRow, documentRow),
        or(
          isNull(stagedChunks.embedderRow),
          ne(stagedChunks.embedderRow, sql`coalesce(${embedderRow}, 0)`),
        ),
      ),
    )
    .orderBy(asc(stagedChunks.ordinal))
    .limit(limit)
    .all()
  return found.map((chunk) => ({ ...chunk, title }))
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
