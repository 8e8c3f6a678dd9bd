/** Runs of agents: begun, paused, resumed, ended. Their events are in `run-events.ts`. */
import type { AgentEvent, RunStatus } from '@tandem/schemas'
import { and, desc, eq, lt, lte, or, sql, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import type { AppStore } from './app-store.ts'
import { owned } from './claims.ts'
import { decodeCursor, toPage } from './cursor.ts'
import { ownerRow } from './owner.ts'
import { endAbandoned } from './run-ends.ts'
import {
  createEventWriter,
  selectEvents,
  type EventsPage,
  type LoggedEvent,
  type StoredEvent,
} from './run-events.ts'
import { isOwners, ofRuns, ownedRun, selectRun, type RunStore } from './run-rows.ts'
import type { NewRun, RunSettlement, StoredRun, WaitingRun, WaitingStatus } from './stored-run.ts'
import { cancelWaiting, resume, selectWaiting, waitsFor } from './run-waits.ts'
import { runs, runWaits } from './schema/runs.ts'
import { sessions } from './schema/sessions.ts'

export interface RunPage {
  runs: StoredRun[]
  nextCursor: string | undefined
}

export interface RunQuery {
  limit: number
  cursor?: string | undefined
  status?: RunStatus | undefined
  sessionId?: string | undefined
}

/** Every query names the owner: someone else's run is not found. */
export interface Runs {
  /** False where there is no such owner, or the session is gone. */
  create(owner: string, run: NewRun): Promise<boolean>
  /** Events of many runs at once; those of runs that were removed or are over are dropped. */
  append(events: readonly LoggedEvent[]): Promise<void>
  /** The last events and the new state in one step. False where the run was removed or is over. */
  settle(owner: string, id: string, end: RunSettlement): Promise<boolean>
  get(owner: string, id: string): Promise<StoredRun | undefined>
  /** Newest first. `cursor` is the `nextCursor` of the page before. */
  list(owner: string, query: RunQuery): Promise<RunPage>
  /** In order. Empty for an unknown run. */
  events(owner: string, id: string, page: EventsPage): Promise<StoredEvent[]>
  /** Undefined where it does not wait. */
  waiting(owner: string, id: string): Promise<WaitingRun | undefined>
  /** The newest run that waits for the results of one of these calls of the caller's tools. */
  findWaiting(owner: string, callIds: readonly string[]): Promise<WaitingRun | undefined>
  /**
   * Lets a waiting run go on, after these events. One of several requests at once gets it.
   * @returns the `seq` of its last event; undefined where it does not wait (any more)
   */
  resume(
    owner: string,
    id: string,
    from: { status: WaitingStatus; events: readonly AgentEvent[] },
  ): Promise<number | undefined>
  /** Gives up on a run that waits. False where it does not. */
  cancelWaiting(owner: string, id: string): Promise<boolean>
  /** Marks what a dead process was running; for the start of the only server. Returns how many. */
  recoverInterrupted(): Promise<number>
}

const positionSchema = z.tuple([z.number(), z.string()])

export function createRuns(store: AppStore): Runs {
  const db: RunStore = { ...store, log: createEventWriter(store) }
  return {
    create: (owner, run) => db.write(() => insertRun(db, owner, run)),
    append: (events) => inPieces(events, (piece) => db.write(() => db.log.append(piece))),
    settle: (owner, id, end) => db.write(() => settle(db, ownedRun(db, owner, id), end)),
    get: (owner, id) => db.read(() => selectRun(db, ownedRun(db, owner, id))),
    list: (owner, query) => db.read(() => selectPage(db, owner, query)),
    events: (owner, id, page) => db.read(() => selectEvents(db, ownedRun(db, owner, id), page)),
    waiting: (owner, id) => db.read(() => selectWaiting(db, ownedRun(db, owner, id))),
    findWaiting: (owner, callIds) =>
      db.read(() => selectWaiting(db, and(isOwners(db, owner), waitsFor(db, callIds)))),
    resume: (owner, id, from) => db.write(() => resume(db, ownedRun(db, owner, id), from)),
    cancelWaiting: (owner, id) => db.write(() => cancelWaiting(db, ownedRun(db, owner, id))),
    recoverInterrupted: () => db.write(() => endAbandoned(db, db.log)),
  }
}

/** One transaction holds the thread for a millisecond or two; other requests come between two. */
const largestPiece = 50

async function inPieces(
  events: readonly LoggedEvent[],
  append: (piece: readonly LoggedEvent[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < events.length; at += largestPiece) {
    await append(events.slice(at, at + largestPiece))
  }
}

function insertRun(db: AppStore, owner: string, { id, agent, model, sessionId }: NewRun): boolean {
  const user = ownerRow(db, owner).get()
  const session =
    sessionId === undefined
      ? undefined
      : db.orm
          .select({ rowId: sessions.rowId })
          .from(sessions)
          .where(owned(db, owner, sessionId))
          .get()
  if (!user || (sessionId !== undefined && !session)) return false
  const now = db.now()
  const row = { id, agent, model, ownerRow: user.rowId, sessionRow: session?.rowId ?? null }
  db.orm
    .insert(runs)
    .values({ ...row, status: 'running', createdAt: now, updatedAt: now })
    .run()
  return true
}

function selectPage(db: AppStore, owner: string, query: RunQuery): RunPage {
  const { limit, cursor, status, sessionId } = query
  const found = ofRuns(
    db,
    and(
      isOwners(db, owner),
      status && eq(runs.status, status),
      sessionId === undefined ? undefined : eq(sessions.id, sessionId),
      cursor === undefined ? undefined : after(cursor),
    ),
  )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(limit + 1)
    .all()
  const { rows, nextCursor } = toPage(found, limit, (last) => [last.createdAt, last.id])
  return { runs: rows, nextCursor }
}

function after(cursor: string): SQL | undefined {
  const [createdAt, id] = decodeCursor(positionSchema, cursor)
  const sameTime = and(eq(runs.createdAt, createdAt), lt(runs.id, id))
  return and(lte(runs.createdAt, createdAt), or(lt(runs.createdAt, createdAt), sameTime))
}

function settle(db: RunStore, where: SQL | undefined, end: RunSettlement): boolean {
  const { status, stopReason, error, events, spent, waits = [], input = null } = end
  const run = db.orm
    .update(runs)
    .set({
      status,
      stopReason,
      errorCode: error?.code ?? null,
      errorMessage: error?.message ?? null,
      input,
      steps: sql`${runs.steps} + ${spent.steps}`,
      modelCalls: sql`${runs.modelCalls} + ${spent.modelCalls}`,
      toolCalls: sql`${runs.toolCalls} + ${spent.toolCalls}`,
      promptTokens: sql`${runs.promptTokens} + ${spent.promptTokens}`,
      completionTokens: sql`${runs.completionTokens} + ${spent.completionTokens}`,
      updatedAt: db.now(),
    })
    .where(and(where, eq(runs.status, 'running')))
    .returning({ rowId: runs.rowId })
    .get()
  if (!run) return false
  db.log.insert(run.rowId, events)
  for (const { callId, tool, arguments: given } of waits) {
    db.orm.insert(runWaits).values({ runRow: run.rowId, callId, tool, arguments: given }).run()
  }
  return true
}
