import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

export const users = sqliteTable(
  'users',
  {
    rowId: integer('row_id').primaryKey(),
    id: text('id').notNull(),
    username: text('username').notNull(),
    /** The name folded for comparison, in our words rather than a database's collation. */
    usernameKey: text('username_key').notNull(),
    passwordHash: text('password_hash').notNull(),
    role: text('role', { enum: ['admin', 'user'] }).notNull(),
    disabled: integer('disabled', { mode: 'boolean' }).notNull().default(false),
    tokenVersion: integer('token_version').notNull().default(0),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    // Every query of an owned thing resolves its owner here.
    uniqueIndex('users_id').on(table.id),
    // Login, one account a name, and the order of the paged list.
    uniqueIndex('users_username_key').on(table.usernameKey),
  ],
)
