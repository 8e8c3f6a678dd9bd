import type { Message, Usage } from '@tandem/schemas'
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { sessions } from './sessions.ts'

export const messages = sqliteTable(
  'messages',
  {
    rowId: integer('row_id').primaryKey(),
    sessionRow: integer('session_row')
      .notNull()
      .references(() => sessions.rowId, { onDelete: 'cascade' }),
    /** The place in its session, from 0, without gaps. */
    seq: integer('seq').notNull(),
    role: text('role').$type<Message['role']>().notNull(),
    /** The whole OpenAI message. */
    content: text('content', { mode: 'json' }).$type<Message>().notNull(),
    status: text('status', { enum: ['complete', 'streaming', 'interrupted'] }).notNull(),
    model: text('model'),
    usage: text('usage', { mode: 'json' }).$type<Usage>(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    // History windows in order, no message twice at one place, and the cascade when a session goes.
    uniqueIndex('messages_session_seq').on(table.sessionRow, table.seq),
    // Partial, so nearly empty: finds what a dead process left without scanning the table.
    index('messages_streaming')
      .on(table.sessionRow)
      .where(sql`status = 'streaming'`),
  ],
)
