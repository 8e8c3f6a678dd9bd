import type { AgentEvent, AgentName, RunStatus } from '@tandem/schemas'
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { sessions } from './sessions.ts'
import { users } from './users.ts'

/** Runs of agents: where they stand and what they have spent. */
export const runs = sqliteTable(
  'runs',
  {
    rowId: integer('row_id').primaryKey(),
    id: text('id').notNull(),
    ownerRow: integer('owner_row')
      .notNull()
      .references(() => users.rowId, { onDelete: 'cascade' }),
    sessionRow: integer('session_row').references(() => sessions.rowId, { onDelete: 'cascade' }),
    agent: text('agent').$type<AgentName>().notNull(),
    model: text('model').notNull(),
    status: text('status').$type<RunStatus>().notNull(),
    stopReason: text('stop_reason'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    /** What it needs to go on, while it waits; the caller's own JSON. */
    input: text('input', { mode: 'json' }),
    /** The `seq` of its last event. */
    lastSeq: integer('last_seq').notNull().default(0),
    steps: integer('steps').notNull().default(0),
    modelCalls: integer('model_calls').notNull().default(0),
    toolCalls: integer('tool_calls').notNull().default(0),
    promptTokens: integer('prompt_tokens').notNull().default(0),
    completionTokens: integer('completion_tokens').notNull().default(0),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('runs_id').on(table.id),
    // The paged list, newest first, and the cascade when a user goes.
    index('runs_owner_created').on(table.ownerRow, table.createdAt, table.id),
    // The cascade when a session goes.
    index('runs_session').on(table.sessionRow),
    // Partial, so nearly empty: finds what a dead process left without scanning the table.
    index('runs_running')
      .on(table.rowId)
      .where(sql`status = 'running'`),
  ],
)

/** The log of a run: appended to, never changed. */
export const runEvents = sqliteTable(
  'run_events',
  {
    rowId: integer('row_id').primaryKey(),
    runRow: integer('run_row')
      .notNull()
      .references(() => runs.rowId, { onDelete: 'cascade' }),
    /** The place in its run, from 1. */
    seq: integer('seq').notNull(),
    type: text('type').$type<AgentEvent['type']>().notNull(),
    /** The whole event. */
    payload: text('payload', { mode: 'json' }).$type<AgentEvent>().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    // Reading on from a place, no two events at one place, and the cascade when a run goes.
    uniqueIndex('run_events_run_seq').on(table.runRow, table.seq),
  ],
)

/** Calls that a run waits for: an approval, or a result of the caller's. */
export const runWaits = sqliteTable(
  'run_waits',
  {
    rowId: integer('row_id').primaryKey(),
    runRow: integer('run_row')
      .notNull()
      .references(() => runs.rowId, { onDelete: 'cascade' }),
    callId: text('call_id').notNull(),
    tool: text('tool').notNull(),
    arguments: text('arguments', { mode: 'json' }).$type<unknown>(),
  },
  (table) => [
    // A run is found by the calls whose results come.
    index('run_waits_call').on(table.callId),
    // What one run waits for, and the cascade.
    index('run_waits_run').on(table.runRow),
  ],
)
