/** An outbox: removals that the tools server must hear of, kept until it has. */
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { removals } from './schema/removals.ts'

export interface Removal {
  id: number
  /** The user's public id. */
  owner: string
  /** Null: all that the user had. */
  sessionId: string | null
  /** One file of the session; null: all that the session had. */
  fileId: string | null
  /** How often it was tried. */
  attempts: number
  createdAt: number
}

/** Written by `sessions.remove`, `users.remove` and `messages.discard` too, in their own transactions. */
export interface Removals {
  /**
   * A file is about to be made: it goes in so many milliseconds, unless `messages.startExchange` keeps it first. So
   * nothing is left of one whose message was never stored.
   */
  plan(owner: string, file: { sessionId: string; fileId: string; delayMs: number }): Promise<void>
  /** What may be tried now, soonest first. */
  due(limit: number): Promise<Removal[]>
  /** The tools server has done it. */
  finish(id: number): Promise<void>
  /** It could not be reached: again after so many milliseconds. */
  postpone(id: number, delayMs: number): Promise<void>
}

export function createRemovals(db: AppStore): Removals {
  return {
    plan: (owner, { delayMs, ...file }) =>
      db.write(() => noteRemoval(db, owner, { ...file, nextAt: db.now() + delayMs })),
    due: (limit) => db.read(() => selectDue(db, limit)),
    finish: (id) =>
      db.write(() => {
        db.orm.delete(removals).where(eq(removals.rowId, id)).run()
      }),
    postpone: (id, delayMs) => db.write(() => raise(db, id, delayMs)),
  }
}

/** For use inside the transaction that removes. */
export function noteRemoval(
  db: AppStore,
  owner: string,
  what: { sessionId: string | null; fileId?: string; nextAt?: number },
): void {
  const now = db.now()
  db.orm
    .insert(removals)
    .values({ owner, nextAt: now, createdAt: now, ...what })
    .run()
}

/** For use inside a transaction. @returns how many of them there still are: the others are gone or going */
export function keepFiles(db: AppStore, owner: string, fileIds: readonly string[]): number {
  if (fileIds.length === 0) return 0
  const planned = and(eq(removals.owner, owner), inArray(removals.fileId, [...fileIds]))
  return db.orm.delete(removals).where(planned).run().changes
}

function selectDue(db: AppStore, limit: number): Removal[] {
  return db.orm
    .select({
      id: removals.rowId,
      owner: removals.owner,
      sessionId: removals.sessionId,
      fileId: removals.fileId,
      attempts: removals.attempts,
      createdAt: removals.createdAt,
    })
    .from(removals)
    .where(lte(removals.nextAt, db.now()))
    .orderBy(asc(removals.nextAt), asc(removals.rowId))
    .limit(limit)
    .all()
}

function raise(db: AppStore, id: number, delayMs: number): void {
  db.orm
    .update(removals)
    .set({ attempts: sql`${removals.attempts} + 1`, nextAt: db.now() + delayMs })
    .where(eq(removals.rowId, id))
    .run()
}
