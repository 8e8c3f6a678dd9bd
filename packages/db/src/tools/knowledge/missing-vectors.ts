/** Live chunks that were indexed without a model, or with another one. */
import { and, asc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm'
import { chunks, chunkVectors, embedders } from '../schema/chunks.ts'
import { documents } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import { countUp } from './documents.ts'
import { rowOfEmbedder } from './embedder-row.ts'
import type { NewVector, PendingChunk } from './indexing-job.ts'

export interface MissingQuery {
  limit: number
  /** The row of the last chunk of the batch before; 0 for the first. */
  after: number
}

/** In the order of their rows. */
export function selectMissing(
  db: ToolsStore,
  embedder: string,
  { limit, after }: MissingQuery,
): PendingChunk[] {
  const embedderRow = sql`coalesce((select row_id from ${embedders} where name = ${embedder}), 0)`
  return db.orm
    .select({ rowId: chunks.rowId, title: documents.title, text: chunks.text, place: chunks.place })
    .from(chunks)
    .innerJoin(documents, eq(documents.rowId, chunks.documentRow))
    .leftJoin(chunkVectors, eq(chunkVectors.chunkRow, chunks.rowId))
    .where(
      and(
        gt(chunks.rowId, after),
        or(isNull(chunkVectors.chunkRow), ne(chunkVectors.embedderRow, embedderRow)),
      ),
    )
    .orderBy(asc(chunks.rowId))
    .limit(limit)
    .all()
}

export function fillMissing(db: ToolsStore, embedder: string, vectors: readonly NewVector[]): void {
  const embedderRow = rowOfEmbedder(db, embedder)
  const touched = new Set<number>()
  for (const { rowId, vector } of vectors) {
    const chunk = db.orm
      .select({ collectionRow: chunks.collectionRow, tag: chunks.tag })
      .from(chunks)
      .where(eq(chunks.rowId, rowId))
      .get()
    if (!chunk) continue
    const values = { ...chunk, embedderRow, vector: Buffer.from(vector) }
    db.orm
      .insert(chunkVectors)
      .values({ chunkRow: rowId, ...values })
      .onConflictDoUpdate({ target: chunkVectors.chunkRow, set: values })
      .run()
    touched.add(chunk.collectionRow)
  }
  if (touched.size > 0) countUp(db, [...touched])
}
