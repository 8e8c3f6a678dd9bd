import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  startFakeModelServer,
  type FakeModelServer,
  type JournalEntry,
} from '@tandem/testing'
import { createSessionTurns } from '../../src/chat/session/session-turns.ts'
import { expectErrorBody } from '../support/read-error.ts'
import { startGateway, type Gateway } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'
import { addTalker, textOf, type Talker } from './talk.ts'

let upstream: FakeModelServer
let gateway: Gateway
let ann: Talker
let ben: Talker

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({
    env: { LMSTUDIO_BASE_URL: upstream.baseUrl },
    deps: { sessionTurns: createSessionTurns({ patienceMs: 60_000 }) },
  })
  ann = await addTalker(gateway, 'ann')
  ben = await addTalker(gateway, 'ben')
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const model = 'lmstudio/m'
const headers = { 'content-type': 'text/event-stream' }
const frames = chatChunks({ content: 'One two three' }).map(
  (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
)
const slow = (ms: number) => ({
  headers,
  chunks: [...frames.slice(0, 3), { delayMs: ms }, ...frames.slice(3), 'data: [DONE]\n\n'],
})
const prompt = ({ json }: JournalEntry) =>
  (json as { messages: { content: string }[] }).messages.map(({ content }) => content)

describe('two requests to one session', () => {
  it('are answered one after the other: the second knows the first', async () => {
    upstream.reply(slow(400))
    const said = ['first', 'second', 'third'].map((word, at) =>
      new Promise((resolve) => setTimeout(resolve, at * 60)).then(() =>
        ann.say(word, { model, session_id: 'ordered', stream: at < 2 }),
      ),
    )
    const [first, second, third] = await Promise.all(said)
    expect(upstream.journal.map((entry) => prompt(entry).length)).toEqual([1, 3, 5])
    expect(await ann.lines('ordered')).toEqual([
      'user: first',
      `assistant: ${first!.text}`,
      'user: second',
      `assistant: ${second!.text}`,
      'user: third',
      `assistant: ${third!.text}`,
    ])
  })

  it('where the first takes too long, the second is told so and may come again', async () => {
    const hasty = await startGateway({
      env: { LMSTUDIO_BASE_URL: upstream.baseUrl },
      deps: { sessionTurns: createSessionTurns({ patienceMs: 200 }) },
    })
    const eve = await addTalker(hasty, 'eve')
    const { promise: toldToEnd, resolve: end } = Promise.withResolvers<void>()
    async function* chunks(): AsyncGenerator<string> {
      yield* frames.slice(0, 3)
      await toldToEnd
      yield* [...frames.slice(3), 'data: [DONE]\n\n']
    }
    upstream.reply({ headers, chunks: chunks() })
    const first = eve.say('first', { model, session_id: 'busy', stream: true })
    await upstream.received()
    for (const stream of [true, false]) {
      const messages = [{ role: 'user', content: 'second' }]
      const refused = await eve.chat({ model, session_id: 'busy', messages, stream })
      expect(refused.status).toBe(409)
      expect(refused.headers.get('retry-after')).toBe('2')
      expect(refused.headers.get('x-session-id')).toBe('busy')
      expect(expectErrorBody(await refused.text())).toMatchObject({
        code: 'session_busy',
        param: 'session_id',
      })
    }
    end()
    expect((await first).text).toBe('One two three')
    await eve.say('second', { model, session_id: 'busy' })
    const lines = await eve.lines('busy')
    expect(lines.slice(0, 3)).toEqual(['user: first', 'assistant: One two three', 'user: second'])
    expect(lines).toHaveLength(4)
    await hasty.close()
  })

  it('another process that answers is waited for as well', async () => {
    const { sessions } = gateway.deps.db
    await sessions.getOrCreate(ann.id, 'elsewhere')
    const taken = await sessions.claim(ann.id, 'elsewhere', { ttlMs: 60_000 })
    if (taken.outcome !== 'claimed') throw new Error(taken.outcome)
    const asked = ann.say('Hello', { model, session_id: 'elsewhere' })
    setTimeout(() => void sessions.release(taken.claim), 300)
    await asked
    expect(await ann.lines('elsewhere')).toHaveLength(2)
  })

  it('of two owners, or to two sessions, do not wait for each other', async () => {
    upstream.reply({ headers, chunks: [...frames.slice(0, 3), { hang: true }] })
    const controller = new AbortController()
    const held = ann.chat(
      { model, session_id: 'own', stream: true, messages: [{ role: 'user', content: 'x' }] },
      controller.signal,
    )
    await upstream.received()
    await ben.say('Hello', { model, session_id: 'own' })
    await ann.say('Hello', { model, session_id: 'other' })
    controller.abort()
    await held.catch(() => {})
  })

  it('who leaves while waiting leaves nothing behind', async () => {
    upstream.reply(slow(600))
    const first = ann.say('first', { model, session_id: 'left', stream: true })
    await upstream.received()
    const controller = new AbortController()
    const messages = [{ role: 'user', content: 'never' }]
    const second = ann.chat({ model, session_id: 'left', messages }, controller.signal)
    const third = ann.say('third', { model, session_id: 'left' })
    setTimeout(() => controller.abort(), 100)
    await expect(second).rejects.toThrow()
    await first
    await third
    expect((await ann.lines('left')).filter((line) => line.startsWith('user'))).toEqual([
      'user: first',
      'user: third',
    ])
  })
})

describe('a session that is deleted while it answers', () => {
  it.each([model, 'demo/assistant'])('is gone, and the answer goes on: %s', async (name) => {
    if (name === model) upstream.reply(slow(1500))
    const content = 'Write 600 words about the sea.'
    const response = await ann.chat({
      model: name,
      session_id: 'doomed',
      stream: true,
      messages: [{ role: 'user', content }],
    })
    const reader = response.body!.getReader()
    let text = new TextDecoder().decode((await reader.read()).value)
    expect((await ann.ask('/api/chat/sessions/doomed', { method: 'DELETE' })).status).toBe(200)
    for (let piece = await reader.read(); !piece.done; piece = await reader.read())
      text += new TextDecoder().decode(piece.value)
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
    expect(textOf(text).length).toBeGreaterThan(5)
    await waitUntil(() => gateway.deps.open.count() === 0)
    expect((await ann.ask('/api/chat/history/doomed')).status).toBe(404)
    expect(await gateway.deps.db.messages.list(ann.id, 'doomed', { limit: 10 })).toEqual([])
    await ann.say('Again', { model, session_id: 'doomed' })
    expect(await ann.lines('doomed')).toHaveLength(2)
    await ann.ask('/api/chat/sessions/doomed', { method: 'DELETE' })
  })
})
