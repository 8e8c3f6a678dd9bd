/** The documents of a collection. Every query names the owner, and goes through the owner's collection. */
import { and, eq, inArray, or, sql, type SQL } from 'drizzle-orm'
import type { ParsedDocument } from '@tandem/schemas'
import { batchDocuments } from '../schema/batches.ts'
import { collections } from '../schema/collections.ts'
import { documents, documentSources } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import { addBatch, addDocuments, toAddition } from './add-documents.ts'
import { ownedBatch } from './batches.ts'
import { cancelWhere } from './cancel.ts'
import { ownedCollection } from './collections.ts'
import type { AddedDocuments, DocumentStatus, NewDocuments, StoredDocument } from './document.ts'
import { toPage, type PageQuery } from './page.ts'
import { readBlocks } from './source.ts'

export interface DocumentQuery extends PageQuery {
  status?: DocumentStatus | undefined
  /** Only those of one batch. */
  batch?: string | undefined
}

export interface DocumentRows {
  /**
   * `in_progress`, or as they stand where the collection has the same text already. Undefined where the owner has no such
   * collection.
   * @throws AppError `collection_quota_exceeded`: then none is added
   */
  add(owner: string, collection: string, added: NewDocuments): Promise<AddedDocuments | undefined>
  /** By its own id or its file's. */
  get(owner: string, collection: string, id: string): Promise<StoredDocument | undefined>
  /** Undefined where there is no such collection, or no such batch in it. */
  list(
    owner: string,
    collection: string,
    query: DocumentQuery,
  ): Promise<{ documents: StoredDocument[]; hasMore: boolean } | undefined>
  /** The text as it was parsed. */
  source(owner: string, collection: string, id: string): Promise<ParsedDocument | undefined>
  setAttributes(
    owner: string,
    collection: string,
    change: { id: string; attributes: StoredDocument['attributes'] },
  ): Promise<StoredDocument | undefined>
  /** Stops indexing; what was searchable before stays so. */
  cancel(owner: string, collection: string, id: string): Promise<StoredDocument | undefined>
  remove(owner: string, collection: string, id: string): Promise<boolean>
  /** What was made of a file, in all of the owner's collections. */
  removeFile(owner: string, fileId: string): Promise<number>
}

export function createDocumentRows(db: ToolsStore): DocumentRows {
  return {
    add: (owner, collection, added) => {
      const additions = added.documents.map(toAddition)
      const { quota, asBatch = false } = added
      return db.write(() => {
        const row = rowOf(db, owner, collection)
        if (row === undefined) return undefined
        const one = eq(collections.rowId, row)
        db.orm.update(collections).set({ lastActiveAt: db.now() }).where(one).run()
        const rows = addDocuments(db, row, { additions, quota })
        const stored = rows.flatMap((each) => selectOne(db, eq(documents.rowId, each)) ?? [])
        return { documents: stored, ...(asBatch && { batchId: addBatch(db, row, rows) }) }
      })
    },
    get: (owner, collection, id) =>
      db.read(() => selectOne(db, ownedDocument(db, owner, { collection, id }))),
    list: (owner, collection, query) =>
      db.read(() => {
        const row = rowOf(db, owner, collection)
        if (row === undefined) return undefined
        const within = withinBatch(db, row, query.batch)
        return within && selectPage(db, within, query)
      }),
    source: (owner, collection, id) =>
      db.read(() => selectSource(db, ownedDocument(db, owner, { collection, id }))),
    setAttributes: (owner, collection, { id, attributes }) =>
      db.write(() => change(db, ownedDocument(db, owner, { collection, id }), { attributes })),
    cancel: (owner, collection, id) =>
      db.write(() => {
        const owned = ownedDocument(db, owner, { collection, id })
        cancelWhere(db, owned)
        return selectOne(db, owned)
      }),
    remove: (owner, collection, id) =>
      db.write(() => removeWhere(db, ownedDocument(db, owner, { collection, id })) > 0),
    removeFile: (owner, fileId) =>
      db.write(() => {
        const owned = db.orm
          .select({ rowId: collections.rowId })
          .from(collections)
          .where(eq(collections.owner, owner))
        return removeWhere(
          db,
          and(eq(documents.fileId, fileId), inArray(documents.collectionRow, owned)),
        )
      }),
  }
}

function rowOf(db: ToolsStore, owner: string, collection: string): number | undefined {
  const owned = ownedCollection(db, owner, collection)
  return db.orm.select({ rowId: collections.rowId }).from(collections).where(owned).get()?.rowId
}

function ownedDocument(
  db: ToolsStore,
  owner: string,
  { collection, id }: { collection: string; id: string },
): SQL | undefined {
  const owned = db.orm
    .select({ rowId: collections.rowId })
    .from(collections)
    .where(ownedCollection(db, owner, collection))
  return and(
    inArray(documents.collectionRow, owned),
    or(eq(documents.id, id), eq(documents.fileId, id)),
  )
}

const columns = {
  id: documents.id,
  fileId: documents.fileId,
  title: documents.title,
  attributes: documents.attributes,
  status: documents.status,
  error: documents.error,
  errorCode: documents.errorCode,
  bytes: documents.bytes,
  chunkSize: documents.chunkSize,
  chunkOverlap: documents.chunkOverlap,
  createdAt: documents.createdAt,
  updatedAt: documents.updatedAt,
  // The tables by their names: in a column's own expression the query builder leaves them out, and the inner one wins.
  chunks: sql<number>`(select count(*) from chunks where chunks.document_row = documents.row_id)`,
  embedded: sql<number>`(select count(staged_chunks.embedder_row) from staged_chunks
    where staged_chunks.document_row = documents.row_id)`,
  chunksTotal: documents.chunksTotal,
}

type Row = Omit<StoredDocument, 'progress'> & { embedded: number; chunksTotal: number }

function toStored({ embedded, chunksTotal, ...row }: Row): StoredDocument {
  if (row.status === 'completed') return { ...row, progress: 1 }
  return { ...row, progress: chunksTotal === 0 ? 0 : Math.min(0.99, embedded / chunksTotal) }
}

function selectOne(db: ToolsStore, where: SQL | undefined): StoredDocument | undefined {
  const row = db.orm.select(columns).from(documents).where(where).limit(1).get()
  return row && toStored(row)
}

/** Undefined where the collection has no such batch. */
function withinBatch(
  db: ToolsStore,
  collectionRow: number,
  batch: string | undefined,
): SQL | undefined {
  const within = eq(documents.collectionRow, collectionRow)
  if (batch === undefined) return within
  const row = ownedBatch(db, collectionRow, batch)
  if (!row) return undefined
  const together = db.orm
    .select({ row: batchDocuments.documentRow })
    .from(batchDocuments)
    .where(eq(batchDocuments.batchRow, row.rowId))
  return and(within, inArray(documents.rowId, together))
}

function selectPage(
  db: ToolsStore,
  within: SQL,
  { status, ...query }: DocumentQuery,
): { documents: StoredDocument[]; hasMore: boolean } {
  const page = toPage(query, {
    createdAt: documents.createdAt,
    rowId: documents.rowId,
    placeOf: (id) =>
      db.orm
        .select({ createdAt: documents.createdAt, rowId: documents.rowId })
        .from(documents)
        .where(and(within, or(eq(documents.id, id), eq(documents.fileId, id))))
        .get(),
  })
  const found = db.orm
    .select(columns)
    .from(documents)
    .where(and(within, page.where, status && eq(documents.status, status)))
    .orderBy(...page.orderBy)
    .limit(page.limit)
    .all()
  const { rows, hasMore } = page.cut(found)
  return { documents: rows.map(toStored), hasMore }
}

function selectSource(db: ToolsStore, where: SQL | undefined): ParsedDocument | undefined {
  const row = db.orm
    .select({ title: documents.title, blocks: documentSources.blocks })
    .from(documents)
    .innerJoin(documentSources, eq(documentSources.documentRow, documents.rowId))
    .where(where)
    .get()
  return row && { title: row.title, blocks: readBlocks(row.blocks) }
}

function change(
  db: ToolsStore,
  where: SQL | undefined,
  values: { attributes?: StoredDocument['attributes'] },
): StoredDocument | undefined {
  const found = db.orm.select({ id: documents.id }).from(documents).where(where).get()
  if (!found) return undefined
  const one = eq(documents.id, found.id)
  if (values.attributes !== undefined) db.orm.update(documents).set(values).where(one).run()
  return selectOne(db, one)
}

function removeWhere(db: ToolsStore, where: SQL | undefined): number {
  const removed = db.orm
    .delete(documents)
    .where(where)
    .returning({ collectionRow: documents.collectionRow })
    .all()
  const rows = [...new Set(removed.map(({ collectionRow }) => collectionRow))]
  if (rows.length > 0) countUp(db, rows)
  return removed.length
}

/** Says to the indexes that there is something new to see. */
export function countUp(db: ToolsStore, collectionRows: number[]): void {
  db.orm
    .update(collections)
    .set({ generation: sql`${collections.generation} + 1` })
    .where(inArray(collections.rowId, collectionRows))
    .run()
}
