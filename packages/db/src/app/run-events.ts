/** The log of a run: appended to, never changed. */
import type { AgentEvent } from '@tandem/schemas'
import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { runEvents, runs } from './schema/runs.ts'
import { users } from './schema/users.ts'

export interface StoredEvent {
  /** The place in its run, from 1. */
  seq: number
  event: AgentEvent
  /** Milliseconds since 1970. */
  at: number
}

/** An event on its way into the log. */
export interface LoggedEvent extends StoredEvent {
  owner: string
  runId: string
}

export interface EventsPage {
  afterSeq: number
  limit: number
}

/** Writes into logs; both for use inside a transaction. */
export interface EventWriter {
  /** Events of many runs. Those of runs that were removed or are over are dropped. */
  append(logged: readonly LoggedEvent[]): void
  /** The events, and the run's last `seq`. */
  insert(runRow: number, events: readonly StoredEvent[]): void
}

/** Its statements are made once: that alone takes ten times as long as to run them. */
export function createEventWriter(db: AppStore): EventWriter {
  const statements = prepareAtFirstUse(db)
  function insert(runRow: number, events: readonly StoredEvent[]): void {
    const last = events.at(-1)
    if (!last) return
    const { insertEvent, noteLast } = statements()
    for (const { seq, event, at } of events) {
      insertEvent.run({ runRow, seq, type: event.type, payload: event, at })
    }
    noteLast.run({ runRow, seq: last.seq, at: last.at })
  }
  return {
    insert,
    append(logged) {
      for (const [id, events] of Map.groupBy(logged, ({ runId }) => runId)) {
        const run = statements().findGoing.get({ id, owner: events[0]?.owner ?? '' })
        if (run) insert(run.rowId, events)
      }
    },
  }
}

function prepareAtFirstUse(db: AppStore): () => ReturnType<typeof prepare> {
  let statements: ReturnType<typeof prepare> | undefined
  return () => (statements ??= prepare(db))
}

function prepare({ orm }: AppStore) {
  const { placeholder } = sql
  const isGoing = and(
    eq(runs.id, placeholder('id')),
    eq(runs.status, 'running'),
    eq(users.id, placeholder('owner')),
  )
  return {
    findGoing: orm
      .select({ rowId: runs.rowId })
      .from(runs)
      .innerJoin(users, eq(users.rowId, runs.ownerRow))
      .where(isGoing)
      .prepare(),
    insertEvent: orm
      .insert(runEvents)
      .values({
        runRow: placeholder('runRow'),
        seq: placeholder('seq'),
        type: placeholder('type'),
        payload: placeholder('payload'),
        createdAt: placeholder('at'),
      })
      .prepare(),
    noteLast: orm
      .update(runs)
      .set({ lastSeq: sql`${placeholder('seq')}`, updatedAt: sql`${placeholder('at')}` })
      .where(eq(runs.rowId, placeholder('runRow')))
      .prepare(),
  }
}

export function selectEvents(
  db: AppStore,
  run: SQL | undefined,
  { afterSeq, limit }: EventsPage,
): StoredEvent[] {
  return db.orm
    .select({ seq: runEvents.seq, event: runEvents.payload, at: runEvents.createdAt })
    .from(runEvents)
    .innerJoin(runs, eq(runs.rowId, runEvents.runRow))
    .where(and(run, gt(runEvents.seq, afterSeq)))
    .orderBy(asc(runEvents.seq))
    .limit(limit)
    .all()
}
