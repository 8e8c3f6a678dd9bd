/** A session answers one request at a time: the turn is a token with an expiry, in the session's own row. */
import { and, eq } from 'drizzle-orm'
import type { AppStore } from './app-store.ts'
import { ownerRow } from './owner.ts'
import { sessions } from './schema/sessions.ts'

/** Handed from `claim` to all that writes into the session. Void once the session is removed or the claim taken over. */
export interface SessionClaim {
  owner: string
  sessionId: string
  token: string
  /** How long the claim holds after each sign of life. */
  ttlMs: number
}

/** The session of a claim, as long as the claim is its holder's. An expired claim that nobody took over still counts. */
export function heldBy(db: AppStore, claim: SessionClaim) {
  return and(owned(db, claim.owner, claim.sessionId), eq(sessions.claimToken, claim.token))
}

export function owned(db: AppStore, owner: string, id: string) {
  return and(eq(sessions.ownerRow, ownerRow(db, owner)), eq(sessions.id, id))
}

/** Prolongs the claim; the session's row, or undefined where the claim is void. */
export function keepClaim(db: AppStore, claim: SessionClaim): { rowId: number } | undefined {
  return db.orm
    .update(sessions)
    .set({ claimExpiresAt: db.now() + claim.ttlMs })
    .where(heldBy(db, claim))
    .returning({ rowId: sessions.rowId })
    .get()
}

/** Gives the turn back; the session's row, or undefined where the claim is void. */
export function endClaim(
  db: AppStore,
  claim: SessionClaim,
  change: { updatedAt?: number; messageCount?: number } = {},
): { rowId: number } | undefined {
  return db.orm
    .update(sessions)
    .set({ ...change, claimToken: null, claimExpiresAt: null })
    .where(heldBy(db, claim))
    .returning({ rowId: sessions.rowId })
    .get()
}
