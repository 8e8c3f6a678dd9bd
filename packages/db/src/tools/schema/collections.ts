import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

export const collections = sqliteTable(
  'collections',
  {
    // Never given twice: the index files beside the database are named by it.
    rowId: integer('row_id').primaryKey({ autoIncrement: true }),
    id: text('id').notNull(),
    /** The user's public id; the users themselves are in the main API's database. */
    owner: text('owner').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    metadata: text('metadata', { mode: 'json' }).$type<Record<string, string>>().notNull(),
    /** Days after the last use at which it is removed; null is never. */
    expiresAfterDays: integer('expires_after_days'),
    lastActiveAt: integer('last_active_at').notNull(),
    /** Counts what changed that a search can see: an index of another generation is looked through for changes. */
    generation: integer('generation').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    // Every look-up by id, with the owner beside it.
    uniqueIndex('collections_id').on(table.id),
    // The owner's list in order.
    index('collections_owner_created').on(table.owner, table.createdAt, table.rowId),
    // Look-ups by name.
    index('collections_owner_name').on(table.owner, table.name),
  ],
)
