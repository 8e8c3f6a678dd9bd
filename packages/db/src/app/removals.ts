/** An outbox: removals that the tools server must hear of, kept until it has. */
import { asc, eq, lte, sql } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { removals } from './schema/removals.ts'

export interface Removal {
  id: number
  /** The user's public id. */
  owner: string
  /** Null: all that the user had. */
  sessionId: string | null
  /** How often it was tried. */
  attempts: number
  createdAt: number
}

/** Written by `sessions.remove` and `users.remove`, in their own transactions. */
export interface Removals {
  /** What may be tried now, soonest first. */
  due(limit: number): Promise<Removal[]>
  /** The tools server has done it. */
  finish(id: number): Promise<void>
  /** It could not be reached: again after so many milliseconds. */
  postpone(id: number, delayMs: number): Promise<void>
}

export function createRemovals(db: AppStore): Removals {
  return {
    due: (limit) => db.read(() => selectDue(db, limit)),
    finish: (id) =>
      db.write(() => {
        db.orm.delete(removals).where(eq(removals.rowId, id)).run()
      }),
    postpone: (id, delayMs) => db.write(() => raise(db, id, delayMs)),
  }
}

/** For use inside the transaction that removes. */
export function noteRemoval(db: AppStore, owner: string, sessionId: string | null): void {
  const now = db.now()
  db.orm.insert(removals).values({ owner, sessionId, nextAt: now, createdAt: now }).run()
}

function selectDue(db: AppStore, limit: number): Removal[] {
  return db.orm
    .select({
      id: removals.rowId,
      owner: removals.owner,
      sessionId: removals.sessionId,
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
