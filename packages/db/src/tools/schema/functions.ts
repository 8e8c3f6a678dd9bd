import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

export const functions = sqliteTable(
  'functions',
  {
    rowId: integer('row_id').primaryKey(),
    /** The user's public id. */
    owner: text('owner').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    /** A JSON Schema of the arguments. */
    parameters: text('parameters', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** Python, which runs only in the sandbox. */
    code: text('code').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    // One function of a name for each owner, and the owner's list by name.
    uniqueIndex('functions_owner_name').on(table.owner, table.name),
  ],
)
