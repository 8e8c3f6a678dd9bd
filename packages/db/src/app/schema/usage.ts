import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from './users.ts'

export const usage = sqliteTable(
  'usage',
  {
    rowId: integer('row_id').primaryKey(),
    userRow: integer('user_row')
      .notNull()
      .references(() => users.rowId, { onDelete: 'cascade' }),
    /** Plain ids, no references: what was spent stays known when the key or the session is gone. */
    keyId: text('key_id'),
    sessionId: text('session_id'),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    promptTokens: integer('prompt_tokens').notNull(),
    completionTokens: integer('completion_tokens').notNull(),
    cachedTokens: integer('cached_tokens').notNull(),
    reasoningTokens: integer('reasoning_tokens').notNull(),
    estimated: integer('estimated', { mode: 'boolean' }).notNull(),
    latencyMs: integer('latency_ms').notNull(),
    ttftMs: integer('ttft_ms'),
    /** The HTTP status that the caller got; 499 where it left before the end. */
    status: integer('status').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    // One owner's summary over a time, and the cascade when a user goes.
    index('usage_user_created').on(table.userRow, table.createdAt),
    // Everyone's summary over a time, for admins.
    index('usage_created').on(table.createdAt),
  ],
)
