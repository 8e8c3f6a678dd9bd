import { setTimeout as sleep } from 'node:timers/promises'
import type { AppDb, Session, SessionClaim } from '@tandem/db'
import { AppError } from '@tandem/schemas'
import { claimTtlMs } from './recording.ts'
import { sessionBusy } from './session-turns.ts'

export interface SessionPlace {
  owner: string
  id: string
  /** Whether an unknown id makes a session of that name. */
  create: boolean
}

export interface ClaimedSession {
  session: Session
  claim: SessionClaim
}

const askEveryMs = 100

/**
 * Takes the session's turn, also behind a request that another process answers.
 * @param deadline in `performance.now()` time
 * @throws AppError `session_busy`, `session_not_found`, `storage_unavailable`; what the signal says
 */
export async function claimSession(
  sessions: AppDb['sessions'],
  place: SessionPlace,
  { deadline, signal }: { deadline: number; signal: AbortSignal },
): Promise<ClaimedSession> {
  const { owner, id } = place
  for (;;) {
    if (place.create) await makeSession(sessions, place)
    const taken = await sessions.claim(owner, id, { ttlMs: claimTtlMs })
    if (taken.outcome === 'claimed') return taken
    // Not found though it was made: somebody removed it in between, and it is made again.
    if (taken.outcome === 'not_found' && !place.create) throw new AppError('session_not_found')
    if (performance.now() >= deadline) throw sessionBusy()
    await sleep(askEveryMs)
    signal.throwIfAborted()
  }
}

async function makeSession(
  sessions: AppDb['sessions'],
  { owner, id }: SessionPlace,
): Promise<void> {
  if (await sessions.getOrCreate(owner, id)) return
  throw new AppError('invalid_api_key', {
    message: 'Incorrect API key provided: its user does not exist.',
  })
}
