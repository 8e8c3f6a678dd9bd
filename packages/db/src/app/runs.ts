/** Runs of agents: begun, paused, resumed, ended. Their events are in `run-events.ts`. */
import type { AgentEvent, RunStatus } from '@tandem/schemas'
import { and, desc, eq, inArray, lt, lte, ne, or, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import type { AppStore } from './app-store.ts'
import { decodeCursor, toPage } from './cursor.ts'
import { endAbandoned } from './run-ends.ts'
import {
  createEventWriter,
  selectEvents,
  type EventsPage,
  type LoggedEvent,
  type StoredEvent,
} from './run-events.ts'
import { isOwners, ofRuns, ownedRun, selectRun, type RunStore } from './run-rows.ts'
import { createRunWriter } from './run-writer.ts'
import type { NewRun, RunSettlement, StoredRun, WaitingRun, WaitingStatus } from './stored-run.ts'
import { cancelWaiting, resume, selectWaiting, waitsFor } from './run-waits.ts'
import { runs } from './schema/runs.ts'
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
  /** A run that waited for the results of one of these calls, was given some, and goes on with them now. */
  findResumed(owner: string, callIds: readonly string[]): Promise<StoredRun | undefined>
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
  /** Removes some of the runs of all owners on which nothing happened since then; none that goes. Returns how many. */
  removeOld(before: number): Promise<number>
}

const positionSchema = z.tuple([z.number(), z.string()])

export function createRuns(store: AppStore): Runs {
  const db: RunStore = { ...store, log: createEventWriter(store) }
  const writer = createRunWriter(db)
  return {
    create: (owner, run) => db.write(() => writer.insert(owner, run)),
    append: (events) => inPieces(events, (piece) => db.write(() => db.log.append(piece))),
    settle: (owner, id, end) => db.write(() => writer.settle(owner, id, end)),
    get: (owner, id) => db.read(() => selectRun(db, ownedRun(db, owner, id))),
    list: (owner, query) => db.read(() => selectPage(db, owner, query)),
    events: (owner, id, page) => db.read(() => selectEvents(db, ownedRun(db, owner, id), page)),
    waiting: (owner, id) => db.read(() => selectWaiting(db, ownedRun(db, owner, id))),
    findWaiting: (owner, callIds) =>
      db.read(() => selectWaiting(db, and(isOwners(db, owner), waitsFor(db, callIds)))),
    findResumed: (owner, callIds) =>
      db.read(() => selectRun(db, and(isOwners(db, owner), waitsFor(db, callIds, 'running')))),
    resume: (owner, id, from) => db.write(() => resume(db, ownedRun(db, owner, id), from)),
    cancelWaiting: (owner, id) => db.write(() => cancelWaiting(db, ownedRun(db, owner, id))),
    recoverInterrupted: () => db.write(() => endAbandoned(db, db.log)),
    removeOld: (before) => removeOld(db, before),
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

/** With their events that is a few thousand rows: others may write between two pieces. */
const largestRemoval = 50

/** They are looked for outside the transaction, which nobody has to wait for. */
async function removeOld(db: AppStore, before: number): Promise<number> {
  const isOld = and(lt(runs.updatedAt, before), ne(runs.status, 'running'))
  const found = await db.read(() =>
    db.orm.select({ rowId: runs.rowId }).from(runs).where(isOld).limit(largestRemoval).all(),
  )
  if (found.length === 0) return 0
  const rows = found.map(({ rowId }) => rowId)
  // One that was resumed just now is not old any more.
  const remove = db.orm.delete(runs).where(and(inArray(runs.rowId, rows), isOld))
  await db.write(() => remove.run())
  return found.length
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
