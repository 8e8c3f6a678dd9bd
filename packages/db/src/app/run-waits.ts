/** Runs that wait: what for, and how they go on. */
import type { AgentEvent } from '@tandem/schemas'
import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { endOf } from './run-ends.ts'
import { selectRun, type RunStore } from './run-rows.ts'
import type { WaitingRun, WaitingStatus } from './stored-run.ts'
import { runs, runWaits } from './schema/runs.ts'

const waitingStatuses: WaitingStatus[] = ['waiting_approval', 'waiting_tools']

/** Runs that wait for the results of one of these calls, or go on with them. */
export function waitsFor(
  db: AppStore,
  callIds: readonly string[],
  status: 'waiting_tools' | 'running' = 'waiting_tools',
): SQL | undefined {
  const theirs = db.orm
    .select({ rowId: runWaits.runRow })
    .from(runWaits)
    .where(inArray(runWaits.callId, [...callIds]))
  return and(eq(runs.status, status), inArray(runs.rowId, theirs))
}

export function selectWaiting(db: AppStore, where: SQL | undefined): WaitingRun | undefined {
  const found = db.orm
    .select({ rowId: runs.rowId, input: runs.input })
    .from(runs)
    .where(and(where, inArray(runs.status, waitingStatuses)))
    .orderBy(desc(runs.rowId))
    .get()
  const run = found && selectRun(db, eq(runs.rowId, found.rowId))
  if (!found || !run) return undefined
  const waits = db.orm
    .select({ callId: runWaits.callId, tool: runWaits.tool, arguments: runWaits.arguments })
    .from(runWaits)
    .where(eq(runWaits.runRow, found.rowId))
    .orderBy(asc(runWaits.rowId))
    .all()
  return { run, waits, input: found.input }
}

/** What the newest of them keeps in the database, in bytes; SQLite knows it without reading it. */
export function countInput(db: AppStore, where: SQL | undefined): number {
  const found = db.orm
    .select({ bytes: sql<number>`coalesce(octet_length(${runs.input}), 0)` })
    .from(runs)
    .where(and(where, inArray(runs.status, waitingStatuses)))
    .orderBy(desc(runs.rowId))
    .get()
  return found?.bytes ?? 0
}

export function resume(
  db: RunStore,
  where: SQL | undefined,
  { status, events }: { status: WaitingStatus; events: readonly AgentEvent[] },
): number | undefined {
  const waits = and(where, eq(runs.status, status))
  // By the results that it was given it is found as long as it goes on with them.
  return goOn(db, waits, { status: 'running', events, keepsWaits: status === 'waiting_tools' })
}

export function cancelWaiting(db: RunStore, where: SQL | undefined): boolean {
  const waits = and(where, inArray(runs.status, waitingStatuses))
  const end = { status: 'cancelled', events: [endOf('cancelled')] } as const
  return goOn(db, waits, end) !== undefined
}

interface GoingOn {
  status: 'running' | 'cancelled'
  events: readonly AgentEvent[]
  keepsWaits?: boolean
}

/** A waiting run in its new state, with what it needed to go on forgotten; its last `seq`. */
function goOn(
  db: RunStore,
  which: SQL | undefined,
  { status, events, keepsWaits = false }: GoingOn,
): number | undefined {
  const now = db.now()
  const stopReason = status === 'cancelled' ? status : null
  const run = db.orm
    .update(runs)
    .set({ status, stopReason, input: null, updatedAt: now })
    .where(which)
    .returning({ rowId: runs.rowId, lastSeq: runs.lastSeq })
    .get()
  if (!run) return undefined
  if (!keepsWaits) db.orm.delete(runWaits).where(eq(runWaits.runRow, run.rowId)).run()
  const added = events.map((event, index) => ({ seq: run.lastSeq + 1 + index, event, at: now }))
  db.log.insert(run.rowId, added)
  return run.lastSeq + added.length
}
