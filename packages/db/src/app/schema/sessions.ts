import type { Message } from '@tandem/schemas'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

export const sessions = sqliteTable(
  'sessions',
  {
    rowId: integer('row_id').primaryKey(),
    id: text('id').notNull(),
    ownerRow: integer('owner_row')
      .notNull()
      .references(() => users.rowId, { onDelete: 'cascade' }),
    title: text('title'),
    system: text('system', { mode: 'json' }).$type<Message>(),
    /** Also the `seq` of the next message. */
    messageCount: integer('message_count').notNull().default(0),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /** Whose turn it is: set while one request answers, until it ends or the time is up. */
    claimToken: text('claim_token'),
    claimExpiresAt: integer('claim_expires_at'),
  },
  (table) => [
    // Ids are the caller's own words, so unique per owner; every session is looked up by both.
    uniqueIndex('sessions_owner_id').on(table.ownerRow, table.id),
    // The paged list, newest first, without sorting; the id makes the order total.
    index('sessions_owner_updated').on(table.ownerRow, table.updatedAt, table.id),
  ],
)
