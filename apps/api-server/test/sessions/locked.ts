/** What becomes of sessions while another process holds the write lock of the database. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { chatChunks, spawnServer, startFakeModelServer } from '@tandem/testing'
import { startGateway } from '../support/start-gateway.ts'
import { addTalker } from './talk.ts'

export interface LockedOutcome {
  /** How requests ended that came while the lock was held. */
  statuses: number[]
  retryAfter: (string | null)[]
  /** The slowest of them, in milliseconds. */
  slowest: number
  /** How long anything else than writing had to wait meanwhile. */
  slowestRead: number
  /** The stream that ran when the lock was taken, as the client saw it, and as it was stored in the end. */
  streamed: string
  stored: { content: unknown; status: string | undefined }[]
}

const frames = chatChunks({ content: 'One two three' }).map(
  (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
)

export async function talkWhileLocked(lockMs: number): Promise<LockedOutcome> {
  const upstream = await startFakeModelServer()
  const gateway = await startGateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
  const ann = await addTalker(gateway, 'ann')
  const lane = { model: 'lmstudio/m', stream: true }
  for (let at = 0; at < 5; at += 1) await ann.say('Before', { ...lane, session_id: `s${at}` })

  upstream.reply({
    headers: { 'content-type': 'text/event-stream' },
    chunks: [...frames.slice(0, 3), { delayMs: 1200 }, ...frames.slice(3), 'data: [DONE]\n\n'],
  })
  const streaming = await ann.chat({
    ...lane,
    session_id: 'running',
    messages: [{ role: 'user', content: 'Count' }],
  })
  const path = join(gateway.deps.config.dataDir, 'app.db')
  const lock = await spawnServer({
    script: fileURLToPath(new URL('./hold-lock.ts', import.meta.url)),
    args: [path, String(lockMs)],
    readyWhen: (line) => line === 'locked',
  })
  const started = performance.now()
  let slowest = 0
  const answers = Array.from({ length: 5 }, async (_, at) => {
    const messages = [{ role: 'user', content: 'During' }]
    const response = await ann.chat({ ...lane, session_id: `s${at}`, messages })
    await response.text()
    slowest = Math.max(slowest, performance.now() - started)
    return response
  })
  let slowestRead = 0
  const reading = (async () => {
    while (lock.process.exitCode === null) {
      const from = performance.now()
      await ann.lines('s0')
      slowestRead = Math.max(slowestRead, performance.now() - from)
      await sleep(100)
    }
  })()
  const responses = await Promise.all(answers)
  const streamed = await streaming.text()
  await lock.exited
  await reading
  let { messages } = await ann.history('running')
  // What could not be saved at its end is saved behind it.
  for (let tries = 0; tries < 50 && messages.at(-1)?.status === 'streaming'; tries += 1) {
    await sleep(100)
    messages = (await ann.history('running')).messages
  }
  // Those who were refused come again, and it is as if nothing had been.
  for (const [at, { status }] of responses.entries()) {
    if (status === 503) await ann.say('During', { ...lane, session_id: `s${at}` })
    const lines = await ann.lines(`s${at}`)
    if (lines.filter((line) => line.startsWith('user')).join() !== 'user: Before,user: During')
      throw new Error(`s${at} has ${lines.join(' | ')}`)
  }
  await gateway.close()
  await upstream.close()
  return {
    statuses: responses.map(({ status }) => status),
    retryAfter: responses.map(({ headers }) => headers.get('retry-after')),
    slowest,
    slowestRead,
    streamed,
    stored: messages.map(({ content, status }) => ({ content, status })),
  }
}
