/** Documents that were added to a collection together. Every query names the owner. */
import { and, eq, inArray, sql } from 'drizzle-orm'
import { batchDocuments, documentBatches } from '../schema/batches.ts'
import { collections } from '../schema/collections.ts'
import { documents } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import { cancelWhere } from './cancel.ts'
import { ownedCollection, type StoredCollection } from './collections.ts'

export interface StoredBatch {
  /** `vsfb_…` */
  id: string
  cancelled: boolean
  createdAt: number
  documents: StoredCollection['documents']
}

export interface BatchRows {
  get(owner: string, collection: string, id: string): Promise<StoredBatch | undefined>
  /** Stops indexing what is not done yet. */
  cancel(owner: string, collection: string, id: string): Promise<StoredBatch | undefined>
}

export function createBatchRows(db: ToolsStore): BatchRows {
  return {
    get: (owner, collection, id) => db.read(() => selectBatch(db, owner, { collection, id })),
    cancel: (owner, collection, id) =>
      db.write(() => {
        const row = findBatch(db, owner, { collection, id })
        if (!row) return undefined
        cancelWhere(db, inArray(documents.rowId, documentsOf(db, row.rowId)))
        const one = eq(documentBatches.rowId, row.rowId)
        db.orm.update(documentBatches).set({ cancelled: true }).where(one).run()
        return selectBatch(db, owner, { collection, id })
      }),
  }
}

/** In a collection whose owner was asked for already. */
export function ownedBatch(db: ToolsStore, collectionRow: number, id: string) {
  return db.orm
    .select()
    .from(documentBatches)
    .where(and(eq(documentBatches.id, id), eq(documentBatches.collectionRow, collectionRow)))
    .get()
}

function findBatch(
  db: ToolsStore,
  owner: string,
  { collection, id }: { collection: string; id: string },
) {
  const owned = ownedCollection(db, owner, collection)
  const row = db.orm.select({ rowId: collections.rowId }).from(collections).where(owned).get()
  return row && ownedBatch(db, row.rowId, id)
}

function documentsOf(db: ToolsStore, batchRow: number) {
  return db.orm
    .select({ row: batchDocuments.documentRow })
    .from(batchDocuments)
    .where(eq(batchDocuments.batchRow, batchRow))
}

function selectBatch(
  db: ToolsStore,
  owner: string,
  key: { collection: string; id: string },
): StoredBatch | undefined {
  const row = findBatch(db, owner, key)
  if (!row) return undefined
  const groups = db.orm
    .select({ status: documents.status, count: sql<number>`count(*)` })
    .from(documents)
    .where(inArray(documents.rowId, documentsOf(db, row.rowId)))
    .groupBy(documents.status)
    .all()
  const counts = { in_progress: 0, completed: 0, failed: 0, cancelled: 0 }
  for (const { status, count } of groups) counts[status] = count
  const { id, cancelled, createdAt } = row
  return { id, cancelled, createdAt, documents: counts }
}
