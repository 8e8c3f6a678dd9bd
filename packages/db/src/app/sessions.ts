/** Sessions: a conversation's name, settings and turn. Their messages are in `messages.ts`. */
import type { Message } from '@tandem/schemas'
import { and, desc, eq, isNull, lt, lte, or } from 'drizzle-orm'
import { z } from 'zod'
import type { AppStore } from './app-store.ts'
import { endClaim, keepClaim, owned, type SessionClaim } from './claims.ts'
import { decodeCursor, toPage } from './cursor.ts'
import { interruptStreaming } from './messages.ts'
import { ownerRow } from './owner.ts'
import { noteRemoval } from './removals.ts'
import { sessions } from './schema/sessions.ts'

export interface Session {
  /** The caller's own word, unique per owner. */
  id: string
  /** Null until the first exchange gives one. */
  title: string | null
  /** The system message that goes before the history. */
  system: Message | null
  messageCount: number
  createdAt: number
  updatedAt: number
}

export interface SessionPage {
  sessions: Session[]
  nextCursor: string | undefined
}

export type ClaimOutcome =
  | { outcome: 'claimed'; claim: SessionClaim; session: Session }
  /** Another request answers; its claim ends in `retryAfterMs` unless it prolongs it. */
  | { outcome: 'busy'; retryAfterMs: number }
  | { outcome: 'not_found' }

/** Every query names the owner: someone else's session is not found. */
export interface Sessions {
  /** Undefined where there is no such owner. */
  getOrCreate(owner: string, id: string): Promise<Session | undefined>
  get(owner: string, id: string): Promise<Session | undefined>
  /** Newest first. `cursor` is the `nextCursor` of the page before. */
  list(owner: string, page: { limit: number; cursor?: string | undefined }): Promise<SessionPage>
  rename(owner: string, id: string, title: string): Promise<Session | undefined>
  /** With its messages. Wins over a running answer, whose later writes find nothing. */
  remove(owner: string, id: string): Promise<boolean>
  /** Takes the turn, also from a holder whose time is up; what that one was saying is marked interrupted. */
  claim(owner: string, id: string, options: { ttlMs: number }): Promise<ClaimOutcome>
  /** A sign of life of a long answer that writes nothing yet. False where the claim is void. */
  renew(claim: SessionClaim): Promise<boolean>
  /** Gives the turn back where no exchange was begun; ending an exchange does it by itself. */
  release(claim: SessionClaim): Promise<boolean>
}

const sessionColumns = {
  id: sessions.id,
  title: sessions.title,
  system: sessions.system,
  messageCount: sessions.messageCount,
  createdAt: sessions.createdAt,
  updatedAt: sessions.updatedAt,
}

const positionSchema = z.tuple([z.number(), z.string()])

export function createSessions(db: AppStore): Sessions {
  return {
    getOrCreate: async (owner, id) =>
      (await db.read(() => selectOne(db, owner, id))) ??
      db.write(() => insertOrSelect(db, owner, id)),
    get: (owner, id) => db.read(() => selectOne(db, owner, id)),
    list: (owner, page) => db.read(() => selectPage(db, owner, page)),
    rename: (owner, id, title) => db.write(() => updateTitle(db, { owner, id, title })),
    remove: (owner, id) => db.write(() => deleteSession(db, owner, id)),
    claim: (owner, id, { ttlMs }) =>
      db.write(() => takeClaim(db, { owner, sessionId: id, ttlMs, token: db.newId('claim') })),
    renew: (claim) => db.write(() => keepClaim(db, claim) !== undefined),
    release: (claim) => db.write(() => endClaim(db, claim) !== undefined),
  }
}

function selectOne(db: AppStore, owner: string, id: string): Session | undefined {
  return db.orm
    .select(sessionColumns)
    .from(sessions)
    .where(owned(db, owner, id))
    .get()
}

function insertOrSelect(db: AppStore, owner: string, id: string): Session | undefined {
  const user = ownerRow(db, owner).get()
  if (!user) return undefined
  const now = db.now()
  const inserted = db.orm
    .insert(sessions)
    .values({ id, ownerRow: user.rowId, createdAt: now, updatedAt: now })
    .onConflictDoNothing({ target: [sessions.ownerRow, sessions.id] })
    .returning(sessionColumns)
    .get()
  return inserted ?? selectOne(db, owner, id)
}

function selectPage(
  db: AppStore,
  owner: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): SessionPage {
  const found = db.orm
    .select(sessionColumns)
    .from(sessions)
    .where(
      and(
        eq(sessions.ownerRow, ownerRow(db, owner)),
        cursor === undefined ? undefined : after(cursor),
      ),
    )
    .orderBy(desc(sessions.updatedAt), desc(sessions.id))
    .limit(limit + 1)
    .all()
  const { rows, nextCursor } = toPage(found, limit, (last) => [last.updatedAt, last.id])
  return { sessions: rows, nextCursor }
}

function after(cursor: string) {
  const [updatedAt, id] = decodeCursor(positionSchema, cursor)
  const sameTime = and(eq(sessions.updatedAt, updatedAt), lt(sessions.id, id))
  // The first term alone bounds the index; the second only sorts out equal times.
  return and(lte(sessions.updatedAt, updatedAt), or(lt(sessions.updatedAt, updatedAt), sameTime))
}

function updateTitle(
  db: AppStore,
  { owner, id, title }: { owner: string; id: string; title: string },
): Session | undefined {
  return db.orm
    .update(sessions)
    .set({ title })
    .where(owned(db, owner, id))
    .returning(sessionColumns)
    .get()
}

/** The tools server hears of it later: what is noted here cannot be lost between the two. */
function deleteSession(db: AppStore, owner: string, id: string): boolean {
  const { changes } = db.orm
    .delete(sessions)
    .where(owned(db, owner, id))
    .run()
  if (changes > 0) noteRemoval(db, owner, { sessionId: id })
  return changes > 0
}

function takeClaim(db: AppStore, claim: SessionClaim): ClaimOutcome {
  const { owner, sessionId, token, ttlMs } = claim
  const now = db.now()
  const free = or(isNull(sessions.claimToken), lte(sessions.claimExpiresAt, now))
  const taken = db.orm
    .update(sessions)
    .set({ claimToken: token, claimExpiresAt: now + ttlMs })
    .where(and(owned(db, owner, sessionId), free))
    .returning({ ...sessionColumns, rowId: sessions.rowId })
    .get()
  if (!taken) return whyNot(db, owner, sessionId)
  const { rowId, ...session } = taken
  interruptStreaming(db, eq(sessions.rowId, rowId))
  return { outcome: 'claimed', claim, session }
}

function whyNot(db: AppStore, owner: string, id: string): ClaimOutcome {
  const held = db.orm
    .select({ expiresAt: sessions.claimExpiresAt })
    .from(sessions)
    .where(owned(db, owner, id))
    .get()
  if (!held) return { outcome: 'not_found' }
  return { outcome: 'busy', retryAfterMs: Math.max(0, (held.expiresAt ?? 0) - db.now()) }
}
