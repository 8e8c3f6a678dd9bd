import { blob, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { collections } from './collections.ts'
import { documents } from './documents.ts'

/** Where a piece of text came from. */
interface ChunkPlace {
  page?: number | undefined
  heading?: string | undefined
  sheet?: string | undefined
  line?: number | undefined
}

/** What can be found: only chunks of whole documents are here. */
export const chunks = sqliteTable(
  'chunks',
  {
    // Never given twice: an index that still knows a removed chunk must not find another in its place.
    rowId: integer('row_id').primaryKey({ autoIncrement: true }),
    collectionRow: integer('collection_row')
      .notNull()
      .references(() => collections.rowId, { onDelete: 'cascade' }),
    documentRow: integer('document_row')
      .notNull()
      .references(() => documents.rowId, { onDelete: 'cascade' }),
    /** The place in its document, from 0, without gaps. */
    ordinal: integer('ordinal').notNull(),
    text: text('text').notNull(),
    place: text('place', { mode: 'json' }).$type<ChunkPlace>().notNull(),
    /** SHA-256 of what is embedded: title, heading, text. */
    hash: blob('hash', { mode: 'buffer' }).notNull(),
    /** The first 32 bits of the hash: indexes hold it beside the row id. */
    tag: integer('tag').notNull(),
  },
  (table) => [
    uniqueIndex('chunks_document_ordinal').on(table.documentRow, table.ordinal),
    // What an index is compared with, without reading the texts.
    index('chunks_collection').on(table.collectionRow, table.rowId, table.tag),
    // Texts whose vectors are known already.
    index('chunks_hash').on(table.hash),
  ],
)

/** Which model made a vector; another model's vectors cannot be compared. */
export const embedders = sqliteTable(
  'embedders',
  {
    rowId: integer('row_id').primaryKey(),
    name: text('name').notNull(),
  },
  (table) => [uniqueIndex('embedders_name').on(table.name)],
)

export const chunkVectors = sqliteTable(
  'chunk_vectors',
  {
    chunkRow: integer('chunk_row')
      .primaryKey()
      .references(() => chunks.rowId, { onDelete: 'cascade' }),
    collectionRow: integer('collection_row')
      .notNull()
      .references(() => collections.rowId, { onDelete: 'cascade' }),
    embedderRow: integer('embedder_row')
      .notNull()
      .references(() => embedders.rowId),
    tag: integer('tag').notNull(),
    /** float32, little-endian, of length 1. */
    vector: blob('vector', { mode: 'buffer' }).notNull(),
  },
  (table) => [
    // What a vector index is compared with.
    index('chunk_vectors_collection').on(
      table.collectionRow,
      table.embedderRow,
      table.chunkRow,
      table.tag,
    ),
  ],
)

/** Chunks of a document that is being indexed; they become `chunks` in one transaction when all are there. */
export const stagedChunks = sqliteTable(
  'staged_chunks',
  {
    rowId: integer('row_id').primaryKey(),
    documentRow: integer('document_row')
      .notNull()
      .references(() => documents.rowId, { onDelete: 'cascade' }),
    ordinal: integer('ordinal').notNull(),
    text: text('text').notNull(),
    place: text('place', { mode: 'json' }).$type<ChunkPlace>().notNull(),
    hash: blob('hash', { mode: 'buffer' }).notNull(),
    tag: integer('tag').notNull(),
    /** Null until it is embedded. */
    embedderRow: integer('embedder_row').references(() => embedders.rowId),
    vector: blob('vector', { mode: 'buffer' }),
  },
  (table) => [
    uniqueIndex('staged_chunks_document').on(table.documentRow, table.ordinal),
    // The next ones to embed, and how many are done: without reading the texts of the others.
    index('staged_chunks_embedded').on(table.documentRow, table.embedderRow, table.ordinal),
  ],
)
