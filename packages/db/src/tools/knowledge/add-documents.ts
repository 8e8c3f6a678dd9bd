/** How documents come into a collection, or take the place of what was there of their files. */
import { createHash } from 'node:crypto'
import { and, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm'
import { AppError } from '@tandem/schemas'
import { newId } from '../../app/new-id.ts'
import { batchDocuments, documentBatches } from '../schema/batches.ts'
import { stagedChunks } from '../schema/chunks.ts'
import { collections } from '../schema/collections.ts'
import { documents, documentSources } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import type { DocumentQuota, NewDocument } from './document.ts'
import { packBlocks } from './source.ts'

export interface Addition {
  document: NewDocument
  hash: string
  bytes: number
  /** None where the file is still to be parsed. */
  source?: Buffer
}

/** Compresses and hashes: not within a transaction. */
export function toAddition(document: NewDocument): Addition {
  const { title, chunkSize, chunkOverlap } = document
  if (!('blocks' in document)) {
    const hash = hashOf(['file', document.checksum, chunkSize, chunkOverlap])
    return { document, hash, bytes: document.bytes }
  }
  const { blocks } = document
  return {
    document,
    hash: hashOf([title, blocks, chunkSize, chunkOverlap]),
    bytes: blocks.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    source: packBlocks(blocks),
  }
}

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/**
 * Within a transaction. What is there already in the same words is left as it is.
 * @returns their rows, in the order given
 * @throws AppError `collection_quota_exceeded`
 */
export function addDocuments(
  db: ToolsStore,
  collectionRow: number,
  { additions, quota }: { additions: readonly Addition[]; quota: DocumentQuota },
): number[] {
  const rows = additions.map((addition) => addDocument(db, collectionRow, addition))
  assertWithin(db, collectionRow, quota)
  return rows
}

/** What would be too much is rolled back with the transaction. */
function assertWithin(db: ToolsStore, collectionRow: number, quota: DocumentQuota): void {
  const owner = db.orm
    .select({ owner: collections.owner })
    .from(collections)
    .where(eq(collections.rowId, collectionRow))
  const owned = db.orm
    .select({ rowId: collections.rowId })
    .from(collections)
    .where(eq(collections.owner, owner))
  const use = db.orm
    .select({
      bytes: sql<number>`coalesce(sum(${documents.bytes}), 0)`,
      documents: sql<number>`count(*)`,
    })
    .from(documents)
    .where(inArray(documents.collectionRow, owned))
    .get()
  if (!use || (use.bytes <= quota.bytes && use.documents <= quota.documents)) return
  throw new AppError('collection_quota_exceeded')
}

/** Keeps together what was added together. @returns the id of the batch */
export function addBatch(
  db: ToolsStore,
  collectionRow: number,
  documentRows: readonly number[],
): string {
  const { rowId, id } = db.orm
    .insert(documentBatches)
    .values({ id: newId('vsfb'), collectionRow, cancelled: false, createdAt: db.now() })
    .returning({ rowId: documentBatches.rowId, id: documentBatches.id })
    .get()
  for (const documentRow of new Set(documentRows)) {
    db.orm.insert(batchDocuments).values({ batchRow: rowId, documentRow }).run()
  }
  return id
}

function addDocument(db: ToolsStore, collectionRow: number, addition: Addition): number {
  const { document, hash } = addition
  const known = db.orm
    .select({
      rowId: documents.rowId,
      hash: documents.contentHash,
      status: documents.status,
    })
    .from(documents)
    .where(and(eq(documents.collectionRow, collectionRow), sameDocument(document, hash)))
    .get()
  if (!known) return insert(db, collectionRow, addition)
  const isDone = known.status === 'completed' || known.status === 'in_progress'
  if (known.hash !== hash || !isDone) return replace(db, known.rowId, addition)
  const { attributes } = document
  if (attributes !== undefined) {
    db.orm.update(documents).set({ attributes }).where(eq(documents.rowId, known.rowId)).run()
  }
  return known.rowId
}

/** The same file, or a copy of it, or where it came without one the same text. */
function sameDocument(document: NewDocument, hash: string): SQL | undefined {
  const { fileId, title } = document
  const sameText = eq(documents.contentHash, hash)
  if (fileId === undefined) return and(sameText, isNull(documents.fileId))
  if (!('isUpload' in document) || !document.isUpload) return eq(documents.fileId, fileId)
  return and(sameText, eq(documents.title, title), isNotNull(documents.fileId))
}

function valuesOf(db: ToolsStore, { document, hash, bytes }: Addition) {
  return {
    title: document.title,
    status: 'in_progress' as const,
    error: null,
    errorCode: null,
    contentHash: hash,
    bytes,
    chunkSize: document.chunkSize,
    chunkOverlap: document.chunkOverlap,
    chunksTotal: 0,
    updatedAt: db.now(),
  }
}

function insert(db: ToolsStore, collectionRow: number, addition: Addition): number {
  const { document, source } = addition
  const { rowId } = db.orm
    .insert(documents)
    .values({
      ...valuesOf(db, addition),
      id: newId('doc'),
      collectionRow,
      fileId: document.fileId ?? null,
      attributes: document.attributes ?? {},
      createdAt: db.now(),
    })
    .returning({ rowId: documents.rowId })
    .get()
  if (source) saveSource(db, rowId, source)
  return rowId
}

/**
 * The new text beside the old one, which can be found until the new one is whole. A file always has the same bytes: what
 * was parsed of it is kept.
 */
function replace(db: ToolsStore, rowId: number, addition: Addition): number {
  const { document, source } = addition
  const { bytes, ...values } = valuesOf(db, addition)
  db.orm.delete(stagedChunks).where(eq(stagedChunks.documentRow, rowId)).run()
  db.orm
    .update(documents)
    .set({
      ...values,
      ...(source && { bytes }),
      ...(document.attributes !== undefined && { attributes: document.attributes }),
    })
    .where(eq(documents.rowId, rowId))
    .run()
  if (source) saveSource(db, rowId, source)
  return rowId
}

export function saveSource(db: ToolsStore, documentRow: number, blocks: Buffer): void {
  db.orm
    .insert(documentSources)
    .values({ documentRow, blocks })
    .onConflictDoUpdate({ target: documentSources.documentRow, set: { blocks } })
    .run()
}
