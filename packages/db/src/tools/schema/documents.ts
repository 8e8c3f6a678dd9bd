import { blob, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { collections } from './collections.ts'

export const documents = sqliteTable(
  'documents',
  {
    rowId: integer('row_id').primaryKey({ autoIncrement: true }),
    id: text('id').notNull(),
    collectionRow: integer('collection_row')
      .notNull()
      .references(() => collections.rowId, { onDelete: 'cascade' }),
    /** Of the file store, where it came from there. */
    fileId: text('file_id'),
    title: text('title').notNull(),
    attributes: text('attributes', { mode: 'json' })
      .$type<Record<string, string | number | boolean>>()
      .notNull(),
    /** `completed` only when all of it can be found. */
    status: text('status', {
      enum: ['in_progress', 'completed', 'failed', 'cancelled'],
    }).notNull(),
    /** Why it failed, and whose fault it is. */
    error: text('error'),
    errorCode: text('error_code', { enum: ['server_error', 'unsupported_file', 'invalid_file'] }),
    /** SHA-256 of title and text, or of the file's checksum: the same document is not indexed again. */
    contentHash: text('content_hash').notNull(),
    bytes: integer('bytes').notNull(),
    /** In tokens, as they were when it was cut. */
    chunkSize: integer('chunk_size').notNull(),
    chunkOverlap: integer('chunk_overlap').notNull(),
    /** Of the cut that is being indexed; 0 until it was made. */
    chunksTotal: integer('chunks_total').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('documents_id').on(table.id),
    // A collection's list in order, and the cascade.
    index('documents_collection_created').on(table.collectionRow, table.createdAt, table.rowId),
    // How many of them are how far.
    index('documents_counts').on(table.collectionRow, table.status, table.bytes),
    // What goes with a file.
    index('documents_file').on(table.fileId),
    // What is still to be indexed.
    index('documents_status').on(table.status, table.updatedAt),
  ],
)

/** The parsed text of a document, kept apart so that lists stay quick; a file has none until it was parsed. */
export const documentSources = sqliteTable('document_sources', {
  documentRow: integer('document_row')
    .primaryKey()
    .references(() => documents.rowId, { onDelete: 'cascade' }),
  /** JSON, compressed. */
  blocks: blob('blocks', { mode: 'buffer' }).notNull(),
})
