/**
 * A process that writes as a busy server does until it is killed: `node write-messages.ts <path> <owner> <run>`. Each
 * line is written after the storage acknowledged: `<session> <seq> <text>`, the text as JSON.
 */
import { writeSync } from 'node:fs'
import { createUsageWriter, openAppDb, type AppDb, type SessionClaim } from '../src/index.ts'

const [path = '', owner = '', run = ''] = process.argv.slice(2)
const sessionCount = 20
const spent = {
  provider: 'demo',
  model: 'echo',
  promptTokens: 1,
  completionTokens: 1,
  cachedTokens: 0,
  reasoningTokens: 0,
  estimated: true,
  latencyMs: 1,
  status: 200,
}
const db = await openAppDb({ path })
const usage = createUsageWriter({ insert: db.usage.insert, intervalMs: 20 })
writeSync(1, 'ready\n')
await Promise.all(Array.from({ length: sessionCount }, (_, at) => converse(`run-${run}-${at}`)))

async function converse(id: string): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    await db.sessions.getOrCreate(owner, id)
    const claimed = await db.sessions.claim(owner, id, { ttlMs: 60_000 })
    if (claimed.outcome !== 'claimed') throw new Error(claimed.outcome)
    await exchange(db, claimed.claim, `${id}#${turn}`)
  }
}

async function exchange(db: AppDb, claim: SessionClaim, text: string): Promise<void> {
  const question = `question ${text} ${'q'.repeat(200)}`
  const started = await db.messages.startExchange(claim, {
    messages: [{ role: 'user', content: question }],
    model: 'demo/echo',
  })
  if (!started) throw new Error('The session is gone')
  writeSync(1, `${claim.sessionId}\t${started.firstSeq}\t${JSON.stringify(question)}\n`)
  const answer = `answer ${text} ${'a'.repeat(3000)}`
  await db.messages.saveProgress(started, { role: 'assistant', content: answer.slice(0, 1000) })
  await db.messages.complete(started, { message: { role: 'assistant', content: answer } })
  writeSync(1, `${claim.sessionId}\t${started.seq}\t${JSON.stringify(answer)}\n`)
  usage.record({ ...spent, userId: owner, sessionId: claim.sessionId, createdAt: Date.now() })
}
