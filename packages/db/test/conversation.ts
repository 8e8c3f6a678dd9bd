/** Steps of a conversation that must succeed. */
import type { Message } from '@tandem/schemas'
import type { AppDb, RunningAnswer, SessionClaim } from '../src/index.ts'

export const user = (content: string): Message => ({ role: 'user', content })
export const assistant = (content: string): Message => ({ role: 'assistant', content })

export async function claimSession(db: AppDb, owner: string, id: string): Promise<SessionClaim> {
  await db.sessions.getOrCreate(owner, id)
  const taken = await db.sessions.claim(owner, id, { ttlMs: 60_000 })
  if (taken.outcome !== 'claimed') throw new Error(taken.outcome)
  return taken.claim
}

export async function startAnswer(db: AppDb, owner: string, id: string): Promise<RunningAnswer> {
  const claim = await claimSession(db, owner, id)
  const answer = await db.messages.startExchange(claim, { messages: [user('hi')], model: 'm' })
  if (!answer) throw new Error('The claim is void')
  return answer
}

/** One whole exchange. */
export async function talk(db: AppDb, owner: string, id: string): Promise<void> {
  const answer = await startAnswer(db, owner, id)
  await db.messages.complete(answer, { message: assistant('hello') })
}
