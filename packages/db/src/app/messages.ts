/** Messages: an exchange is begun, saved as it streams, and ended, always under the session's claim. */
import { AppError, type Message, type Usage } from '@tandem/schemas'
import {
  and,
  asc,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  lt,
  lte,
  sql,
  type SQL,
} from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { endClaim, heldBy, keepClaim, owned, type SessionClaim } from './claims.ts'
import { keepFiles, noteRemoval } from './removals.ts'
import { messages } from './schema/messages.ts'
import { sessions } from './schema/sessions.ts'

export interface StoredMessage {
  /** The place in its session, from 0. */
  seq: number
  /** The whole OpenAI message, as it came. */
  message: Message
  /** `interrupted`: what had been saved when the client left or the process died. */
  status: 'complete' | 'streaming' | 'interrupted'
  model: string | null
  usage: Usage | null
  createdAt: number
}

export interface NewExchange {
  /** What the caller sent, without the system message. */
  messages: readonly Message[]
  /** Files that were made for them, whose removals are planned: from now on they stay. */
  fileIds?: readonly string[] | undefined
  /** Replaces the session's, where there is one. */
  system?: Message | undefined
  /** Becomes the session's title if it has none. */
  title?: string | undefined
  model: string
}

/** The answer that is being written; plain data. */
export interface RunningAnswer {
  claim: SessionClaim
  /** The answer's own place, and the first of its exchange. */
  seq: number
  firstSeq: number
  /** The files of its exchange. */
  fileIds: readonly string[]
}

export interface Answer {
  message: Message
  usage?: Usage | undefined
}

export interface Messages {
  /**
   * Stores the caller's messages and an empty answer `streaming`, or nothing.
   * @returns undefined where the session was removed or the claim taken over.
   * @throws AppError `storage_unavailable` where a file has gone meanwhile
   */
  startExchange(claim: SessionClaim, exchange: NewExchange): Promise<RunningAnswer | undefined>
  /**
   * Stores the answer as far as it has come (all of it, not the last piece: saving twice does no harm) and prolongs the
   * claim. False where the session was removed or the claim taken over: nothing was written, stop saving.
   */
  saveProgress(answer: RunningAnswer, message: Message): Promise<boolean>
  /** Stores the finished answer and ends the claim. False as above. */
  complete(answer: RunningAnswer, final: Answer): Promise<boolean>
  /** Marks the answer interrupted, with what there is of it (else what was saved last), and ends the claim. */
  interrupt(answer: RunningAnswer, partial?: Answer): Promise<boolean>
  /** Takes the whole exchange back, and its files, for a model that failed before it said anything, and ends the claim. */
  discard(answer: RunningAnswer): Promise<boolean>
  /** The newest `limit`, oldest first; those before `beforeSeq` where it is given. Empty for an unknown session. */
  last(owner: string, sessionId: string, window: HistoryWindow): Promise<StoredMessage[]>
  /** A page from the beginning, those after `afterSeq`. Empty for an unknown session. */
  list(owner: string, sessionId: string, page: HistoryPage): Promise<StoredMessage[]>
  /**
   * Marks as interrupted what a dead process was streaming, and frees its sessions. `all` at the start of the only
   * server on this database; `expired` where others may be answering.
   * @returns how many answers were marked.
   */
  recoverInterrupted(scope: 'all' | 'expired'): Promise<number>
}

export interface HistoryWindow {
  limit: number
  beforeSeq?: number | undefined
}

export interface HistoryPage {
  limit: number
  afterSeq?: number | undefined
}

/** A window or a page. */
export type HistoryPart = HistoryWindow & HistoryPage & { from: 'newest' | 'oldest' }

const messageColumns = {
  seq: messages.seq,
  message: messages.content,
  status: messages.status,
  model: messages.model,
  usage: messages.usage,
  createdAt: messages.createdAt,
}

/** In the words of the partial index; as a bound value it would not be used. */
const isStreaming = sql`${messages.status} = 'streaming'`

export function createMessages(db: AppStore): Messages {
  return {
    startExchange: (claim, exchange) => db.write(() => insertExchange(db, claim, exchange)),
    saveProgress: (answer, message) => db.write(() => saveProgress(db, answer, message)),
    complete: (answer, final) => db.write(() => end(db, answer, { ...final, status: 'complete' })),
    interrupt: (answer, partial) =>
      db.write(() => end(db, answer, { ...partial, status: 'interrupted' })),
    discard: (answer) => db.write(() => discard(db, answer)),
    last: (owner, sessionId, window) =>
      db.read(() => selectLast(db, owned(db, owner, sessionId), window)),
    list: (owner, sessionId, page) =>
      db.read(() => selectPage(db, owned(db, owner, sessionId), page)),
    recoverInterrupted: (scope) => db.write(() => recover(db, scope)),
  }
}

function insertExchange(
  db: AppStore,
  claim: SessionClaim,
  { messages: sent, fileIds = [], system, title, model }: NewExchange,
): RunningAnswer | undefined {
  const now = db.now()
  const added = sent.length + 1
  const session = db.orm
    .update(sessions)
    .set({
      ...(system && { system }),
      ...(title !== undefined && { title: sql`coalesce(${sessions.title}, ${title})` }),
      messageCount: sql`${sessions.messageCount} + ${added}`,
      updatedAt: now,
      claimExpiresAt: now + claim.ttlMs,
    })
    .where(heldBy(db, claim))
    .returning({ rowId: sessions.rowId, messageCount: sessions.messageCount })
    .get()
  if (!session) return undefined
  if (keepFiles(db, claim.owner, fileIds) < fileIds.length) throw tooSlow()
  const firstSeq = session.messageCount - added
  const row = { sessionRow: session.rowId, createdAt: now }
  const rows = sent.map((message, at) => {
    const { role } = message
    return { ...row, seq: firstSeq + at, role, content: message, status: 'complete' as const }
  })
  const seq = firstSeq + sent.length
  const content: Message = { role: 'assistant', content: '' }
  const answer = { ...row, seq, role: content.role, content, status: 'streaming' as const, model }
  // Row by row: how many parameters a statement may have is a limit of the database, not of a conversation.
  for (const each of [...rows, answer]) db.orm.insert(messages).values(each).run()
  return { claim, seq, firstSeq, fileIds }
}

function tooSlow(): AppError {
  const message = 'What came with the messages took too long to be stored.'
  return new AppError('storage_unavailable', { message })
}

function saveProgress(db: AppStore, answer: RunningAnswer, message: Message): boolean {
  const session = keepClaim(db, answer.claim)
  if (!session) return false
  return updateAnswer(db, at(session.rowId, answer), { content: message })
}

function end(
  db: AppStore,
  answer: RunningAnswer,
  { message, usage, status }: Partial<Answer> & { status: 'complete' | 'interrupted' },
): boolean {
  const session = endClaim(db, answer.claim, { updatedAt: db.now() })
  if (!session) return false
  return updateAnswer(db, at(session.rowId, answer), { content: message, usage, status })
}

function discard(db: AppStore, answer: RunningAnswer): boolean {
  const session = endClaim(db, answer.claim, { messageCount: answer.firstSeq })
  if (!session) return false
  const { owner, sessionId } = answer.claim
  for (const fileId of answer.fileIds) noteRemoval(db, owner, { sessionId, fileId })
  const exchange = and(eq(messages.sessionRow, session.rowId), gte(messages.seq, answer.firstSeq))
  return db.orm.delete(messages).where(exchange).run().changes > 0
}

function at(sessionRow: number, { seq }: RunningAnswer): SQL | undefined {
  return and(eq(messages.sessionRow, sessionRow), eq(messages.seq, seq), isStreaming)
}

function updateAnswer(
  db: AppStore,
  where: SQL | undefined,
  change: Partial<typeof messages.$inferInsert>,
): boolean {
  return db.orm.update(messages).set(change).where(where).run().changes > 0
}

function selectLast(
  db: AppStore,
  session: SQL | undefined,
  { limit, beforeSeq }: HistoryWindow,
): StoredMessage[] {
  const before = beforeSeq === undefined ? undefined : lt(messages.seq, beforeSeq)
  return ofSession(db, and(session, before))
    .orderBy(desc(messages.seq))
    .limit(limit)
    .all()
    .toReversed()
}

function selectPage(
  db: AppStore,
  session: SQL | undefined,
  { limit, afterSeq }: HistoryPage,
): StoredMessage[] {
  const after = afterSeq === undefined ? undefined : gt(messages.seq, afterSeq)
  return ofSession(db, and(session, after)).orderBy(asc(messages.seq)).limit(limit).all()
}

/** What a window or a page takes in the database; SQLite knows it without reading the messages. */
export function countBytes(
  db: AppStore,
  session: SQL | undefined,
  { limit, beforeSeq, afterSeq, from }: HistoryPart,
): number {
  const before = beforeSeq === undefined ? undefined : lt(messages.seq, beforeSeq)
  const after = afterSeq === undefined ? undefined : gt(messages.seq, afterSeq)
  const order = from === 'newest' ? desc : asc
  const some = db.orm
    .select({ bytes: sql<number>`octet_length(${messages.content})`.as('bytes') })
    .from(messages)
    .innerJoin(sessions, eq(sessions.rowId, messages.sessionRow))
    .where(and(session, before, after))
    .orderBy(order(messages.seq))
    .limit(limit)
    .as('some')
  const sum = db.orm
    .select({ bytes: sql<number>`coalesce(sum(${some.bytes}), 0)` })
    .from(some)
    .get()
  return sum?.bytes ?? 0
}

function ofSession(db: AppStore, where: SQL | undefined) {
  return db.orm
    .select(messageColumns)
    .from(messages)
    .innerJoin(sessions, eq(sessions.rowId, messages.sessionRow))
    .where(where)
}

function recover(db: AppStore, scope: 'all' | 'expired'): number {
  const expired = scope === 'all' ? undefined : lte(sessions.claimExpiresAt, db.now())
  const abandoned = and(isNotNull(sessions.claimToken), expired)
  const marked = interruptStreaming(db, abandoned)
  db.orm.update(sessions).set({ claimToken: null, claimExpiresAt: null }).where(abandoned).run()
  return marked
}

/** Marks the streaming answers of these sessions; for use inside a transaction. */
export function interruptStreaming(db: AppStore, which: SQL | undefined): number {
  const theirs = db.orm.select({ rowId: sessions.rowId }).from(sessions).where(which)
  return db.orm
    .update(messages)
    .set({ status: 'interrupted' })
    .where(and(isStreaming, inArray(messages.sessionRow, theirs)))
    .run().changes
}
