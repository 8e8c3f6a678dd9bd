/** What searches read. The owner is named where collections are chosen; all that follows goes by their row ids. */
import { and, eq, inArray, sql } from 'drizzle-orm'
import { chunks, chunkVectors, embedders } from '../schema/chunks.ts'
import { collections } from '../schema/collections.ts'
import { documents } from '../schema/documents.ts'
import type { ToolsStore } from '../tools-store.ts'
import { ownedCollection } from './collections.ts'
import type { ChunkPlace } from './indexing-job.ts'

export interface SearchedCollection {
  id: string
  name: string
  rowId: number
  generation: number
}

export interface FoundChunk {
  rowId: number
  ordinal: number
  text: string
  place: ChunkPlace
  documentRow: number
  documentId: string
  fileId: string | null
  title: string
  attributes: Record<string, string | number | boolean>
  collectionId: string
}

/** Row ids of chunks in order, and the first bits of each one's hash. */
export interface ChunkTags {
  rowIds: Float64Array
  tags: Uint32Array
}

export interface ChunkText {
  rowId: number
  documentRow: number
  ordinal: number
  title: string
  heading: string
  text: string
}

export interface RetrievalRows {
  /** The owner's, in the order asked; undefined where one is not there. */
  choose(owner: string, ids: readonly string[]): Promise<SearchedCollection[] | undefined>
  generation(collectionRow: number): Promise<number | undefined>
  tags(collectionRow: number): Promise<ChunkTags>
  vectorTags(collectionRow: number, embedder: string): Promise<ChunkTags>
  /** What can be read of chunks, in the order of documents and places. */
  texts(rowIds: readonly number[]): Promise<ChunkText[]>
  /** Of length 1; in no order. */
  vectors(rowIds: readonly number[]): Promise<{ rowId: number; vector: Buffer }[]>
  chunks(rowIds: readonly number[]): Promise<FoundChunk[]>
  /** The document of each chunk, by row. */
  documentsOf(rowIds: readonly number[]): Promise<Map<number, number>>
  /** The neighbours of a chunk in its document. */
  neighbours(
    documentRow: number,
    ordinals: readonly number[],
  ): Promise<{ ordinal: number; text: string }[]>
  /** Documents of a collection with their attributes, for filters. */
  attributes(
    collectionRow: number,
  ): Promise<{ documentRow: number; attributes: FoundChunk['attributes'] }[]>
  chunksOf(documentRows: readonly number[]): Promise<number[]>
}

export function createRetrievalRows(db: ToolsStore): RetrievalRows {
  const { orm } = db
  return {
    choose: (owner, ids) => db.read(() => choose(db, owner, ids)),
    generation: (collectionRow) =>
      db.read(() => {
        const one = eq(collections.rowId, collectionRow)
        const found = orm
          .select({ generation: collections.generation })
          .from(collections)
          .where(one)
        return found.get()?.generation
      }),
    tags: (collectionRow) => db.read(() => selectTags(db, collectionRow)),
    vectorTags: (collectionRow, embedder) =>
      db.read(() => selectVectorTags(db, collectionRow, embedder)),
    texts: (rowIds) => db.read(() => selectTexts(db, rowIds)),
    vectors: (rowIds) =>
      db.read(() =>
        orm
          .select({ rowId: chunkVectors.chunkRow, vector: chunkVectors.vector })
          .from(chunkVectors)
          .where(within(chunkVectors.chunkRow, rowIds))
          .all(),
      ),
    chunks: (rowIds) => db.read(() => selectChunks(db, rowIds)),
    documentsOf: (rowIds) => db.read(() => selectDocumentsOf(db, rowIds)),
    neighbours: (documentRow, ordinals) =>
      db.read(() =>
        orm
          .select({ ordinal: chunks.ordinal, text: chunks.text })
          .from(chunks)
          .where(and(eq(chunks.documentRow, documentRow), inArray(chunks.ordinal, [...ordinals])))
          .all(),
      ),
    attributes: (collectionRow) =>
      db.read(() =>
        orm
          .select({ documentRow: documents.rowId, attributes: documents.attributes })
          .from(documents)
          .where(eq(documents.collectionRow, collectionRow))
          .all(),
      ),
    chunksOf: (documentRows) =>
      db.read(() => {
        const some = within(chunks.documentRow, documentRows)
        const found = orm.select({ rowId: chunks.rowId }).from(chunks).where(some).all()
        return found.map(({ rowId }) => rowId)
      }),
  }
}

function selectTags(db: ToolsStore, collectionRow: number): ChunkTags {
  const rows = db.orm.values(sql`select ${chunks.rowId}, ${chunks.tag} from ${chunks}
    where ${chunks.collectionRow} = ${collectionRow} order by ${chunks.rowId}`)
  return toTags(rows)
}

function selectVectorTags(db: ToolsStore, collectionRow: number, embedder: string): ChunkTags {
  const rows = db.orm.values(sql`select ${chunkVectors.chunkRow}, ${chunkVectors.tag}
    from ${chunkVectors}
    where ${chunkVectors.collectionRow} = ${collectionRow} and ${chunkVectors.embedderRow} =
      (select ${embedders.rowId} from ${embedders} where ${embedders.name} = ${embedder})
    order by ${chunkVectors.chunkRow}`)
  return toTags(rows)
}

function selectTexts(db: ToolsStore, rowIds: readonly number[]): ChunkText[] {
  return db.orm
    .select({
      rowId: chunks.rowId,
      documentRow: chunks.documentRow,
      ordinal: chunks.ordinal,
      title: documents.title,
      heading: sql<string>`coalesce(json_extract(${chunks.place}, '$.heading'), '')`,
      text: chunks.text,
    })
    .from(chunks)
    .innerJoin(documents, eq(documents.rowId, chunks.documentRow))
    .where(within(chunks.rowId, rowIds))
    .orderBy(chunks.rowId)
    .all()
}

function selectDocumentsOf(db: ToolsStore, rowIds: readonly number[]): Map<number, number> {
  const found = db.orm
    .select({ rowId: chunks.rowId, documentRow: chunks.documentRow })
    .from(chunks)
    .where(within(chunks.rowId, rowIds))
    .all()
  return new Map(found.map(({ rowId, documentRow }) => [rowId, documentRow]))
}

/** Any number of ids as one parameter. */
function within(
  column: typeof chunks.rowId | typeof chunks.documentRow | typeof chunkVectors.chunkRow,
  ids: readonly number[],
) {
  return sql`${column} in (select value from json_each(${JSON.stringify(ids)}))`
}

function choose(
  db: ToolsStore,
  owner: string,
  ids: readonly string[],
): SearchedCollection[] | undefined {
  const found: SearchedCollection[] = []
  for (const id of new Set(ids)) {
    const row = db.orm
      .select({
        id: collections.id,
        name: collections.name,
        rowId: collections.rowId,
        generation: collections.generation,
      })
      .from(collections)
      .where(ownedCollection(db, owner, id))
      .get()
    if (!row) return undefined
    found.push(row)
  }
  return found
}

function toTags(rows: unknown[][]): ChunkTags {
  const rowIds = new Float64Array(rows.length)
  const tags = new Uint32Array(rows.length)
  for (const [at, row] of rows.entries()) {
    rowIds[at] = Number(row[0])
    tags[at] = Number(row[1])
  }
  return { rowIds, tags }
}

function selectChunks(db: ToolsStore, rowIds: readonly number[]): FoundChunk[] {
  return db.orm
    .select({
      rowId: chunks.rowId,
      ordinal: chunks.ordinal,
      text: chunks.text,
      place: chunks.place,
      documentRow: documents.rowId,
      documentId: documents.id,
      fileId: documents.fileId,
      title: documents.title,
      attributes: documents.attributes,
      collectionId: collections.id,
    })
    .from(chunks)
    .innerJoin(documents, eq(documents.rowId, chunks.documentRow))
    .innerJoin(collections, eq(collections.rowId, chunks.collectionRow))
    .where(within(chunks.rowId, rowIds))
    .all()
}
