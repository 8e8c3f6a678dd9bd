import { and, eq, inArray, type SQL } from 'drizzle-orm'
import { stagedChunks } from '../schema/chunks.ts'
import { documents } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'

/** Stops indexing those of the documents that are not done; within a transaction. */
export function cancelWhere(db: ToolsStore, where: SQL | undefined): void {
  const stopped = db.orm
    .update(documents)
    .set({ status: 'cancelled', updatedAt: db.now() })
    .where(and(where, eq(documents.status, 'in_progress')))
    .returning({ rowId: documents.rowId })
    .all()
  const rows = stopped.map(({ rowId }) => rowId)
  db.orm.delete(stagedChunks).where(inArray(stagedChunks.documentRow, rows)).run()
}
