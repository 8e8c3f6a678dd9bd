import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

export const apiKeys = sqliteTable(
  'api_keys',
  {
    rowId: integer('row_id').primaryKey(),
    id: text('id').notNull(),
    userRow: integer('user_row')
      .notNull()
      .references(() => users.rowId, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    hash: text('hash').notNull(),
    prefix: text('prefix').notNull(),
    expiresAt: integer('expires_at'),
    lastUsedAt: integer('last_used_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    // The hot path: one point select for each request.
    uniqueIndex('api_keys_hash').on(table.hash),
    // Touching and removing by the public id.
    uniqueIndex('api_keys_id').on(table.id),
    // The owner's list, and the cascade when a user goes.
    index('api_keys_user').on(table.userRow),
  ],
)
