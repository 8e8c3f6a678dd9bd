import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

export const files = sqliteTable(
  'files',
  {
    rowId: integer('row_id').primaryKey(),
    id: text('id').notNull(),
    /** The user's public id; the users themselves are in the main API's database. */
    owner: text('owner').notNull(),
    /** The session whose run made the file; null for what the user uploaded. */
    sessionId: text('session_id'),
    name: text('name').notNull(),
    purpose: text('purpose').notNull(),
    mediaType: text('media_type').notNull(),
    bytes: integer('bytes').notNull(),
    /** SHA-256 in hex. */
    checksum: text('checksum').notNull(),
    expiresAt: integer('expires_at'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    // Every look-up, with the owner beside it.
    uniqueIndex('files_id').on(table.id),
    // The owner's list in order, and the sum that the quota is held against.
    index('files_owner_created').on(table.owner, table.createdAt, table.rowId),
    // What goes with a session.
    index('files_owner_session').on(table.owner, table.sessionId),
    // The sweep of what has expired.
    index('files_expires').on(table.expiresAt),
  ],
)
