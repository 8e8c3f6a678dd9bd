import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { collections } from './collections.ts'
import { documents } from './documents.ts'

/** Files that were added to a collection together. */
export const documentBatches = sqliteTable(
  'document_batches',
  {
    rowId: integer('row_id').primaryKey(),
    id: text('id').notNull(),
    collectionRow: integer('collection_row')
      .notNull()
      .references(() => collections.rowId, { onDelete: 'cascade' }),
    cancelled: integer('cancelled', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('document_batches_id').on(table.id),
    // The cascade.
    index('document_batches_collection').on(table.collectionRow),
  ],
)

export const batchDocuments = sqliteTable(
  'batch_documents',
  {
    batchRow: integer('batch_row')
      .notNull()
      .references(() => documentBatches.rowId, { onDelete: 'cascade' }),
    documentRow: integer('document_row')
      .notNull()
      .references(() => documents.rowId, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.batchRow, table.documentRow] }),
    // The cascade.
    index('batch_documents_document').on(table.documentRow),
  ],
)
