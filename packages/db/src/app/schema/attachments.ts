import type { Attachment } from '@tandem/schemas'
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { sessions } from './sessions.ts'

/** Files that came with a session's messages, with what models are told of them. */
export const attachments = sqliteTable(
  'attachments',
  {
    rowId: integer('row_id').primaryKey(),
    sessionRow: integer('session_row')
      .notNull()
      .references(() => sessions.rowId, { onDelete: 'cascade' }),
    fileId: text('file_id').notNull(),
    content: text('content', { mode: 'json' }).$type<Attachment>().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    // All of a session, no file twice, and the cascade when it goes.
    uniqueIndex('attachments_session_file').on(table.sessionRow, table.fileId),
  ],
)
