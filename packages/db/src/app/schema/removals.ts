import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** What is gone here and must still go on the tools server. No references: the user or session is no more. */
export const removals = sqliteTable(
  'removals',
  {
    rowId: integer('row_id').primaryKey({ autoIncrement: true }),
    /** The user's public id. */
    owner: text('owner').notNull(),
    /** Null: all that the user had. */
    sessionId: text('session_id'),
    /** One file of the session; null for all that the session had. */
    fileId: text('file_id'),
    attempts: integer('attempts').notNull().default(0),
    nextAt: integer('next_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    // What is due, soonest first.
    index('removals_next').on(table.nextAt),
    // A file that is needed after all. Partial, for most removals name none.
    index('removals_file')
      .on(table.fileId)
      .where(sql`file_id IS NOT NULL`),
  ],
)
