import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { textOf as contentText } from '@tandem/schemas'
import {
  chatChunks,
  chatCompletion,
  errorReply,
  startFakeModelServer,
  type FakeModelServer,
  type Reply,
} from '@tandem/testing'
import { startGateway, type Gateway } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'
import { addTalker, textOf, type Talker } from './talk.ts'

let upstream: FakeModelServer
let gateway: Gateway
let ann: Talker

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
  ann = await addTalker(gateway, 'ann')
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const relayed = 'lmstudio/m'
const headers = { 'content-type': 'text/event-stream' }
const frames = chatChunks({ content: 'One two three four' }).map(
  (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
)
/** Says `One two` and then nothing more. */
const stuck: Reply = { headers, chunks: [...frames.slice(0, 3), { hang: true }] }
const messages = [{ role: 'user', content: 'Count' }]

let made = 0
const newName = (): string => `i-${(made += 1)}`

async function settled(id: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { messages } = await ann.history(id)
    if (messages.every(({ status }) => status !== 'streaming')) return
    await sleep(20)
  }
  throw new Error(`${id} is still streaming`)
}

/** Reads until the text has begun, then leaves. */
async function leaveMidway(fields: Record<string, unknown>, word: string): Promise<string> {
  const controller = new AbortController()
  const response = await ann.chat({ messages, stream: true, ...fields }, controller.signal)
  let text = ''
  const decoder = new TextDecoder()
  const reader = response.body!.getReader()
  while (!textOf(text).includes(word)) {
    const { value, done } = await reader.read()
    if (done) break
    text = `${text}${decoder.decode(value)}`
  }
  controller.abort()
  return textOf(text)
}

describe('what was said is kept when', () => {
  it('the client leaves a relayed stream', async () => {
    const id = newName()
    upstream.reply(stuck)
    expect(await leaveMidway({ model: relayed, session_id: id }, 'two')).toBe('One two')
    await settled(id)
    expect((await ann.history(id)).messages[1]).toMatchObject({
      role: 'assistant',
      content: 'One two',
      status: 'interrupted',
    })
    await ann.say('Go on', { model: relayed, session_id: id })
    expect((upstream.journal.at(-1)!.json as { messages: object[] }).messages).toEqual([
      ...messages,
      { role: 'assistant', content: 'One two' },
      { role: 'user', content: 'Go on' },
    ])
  })

  it('the client leaves a stream of events', async () => {
    const id = newName()
    const content = 'Write 2000 words about the sea.'
    const seen = await leaveMidway(
      { model: 'demo/assistant', session_id: id, messages: [{ role: 'user', content }] },
      ' ',
    )
    await settled(id)
    const [, answer] = (await ann.history(id)).messages
    expect(answer!.status).toBe('interrupted')
    expect(contentText(answer!.content).startsWith(seen)).toBe(true)
    await ann.say('Go on', { model: 'demo/assistant', session_id: id })
  })

  it.each([
    ['breaks off', [...frames.slice(0, 3), { drop: true as const }]],
    ['ends too soon', frames.slice(0, 3)],
    ['says an error', [...frames.slice(0, 3), 'data: {"error":{"message":"no"}}\n\n']],
  ])('the provider %s', async (_how, chunks) => {
    const id = newName()
    upstream.reply({ headers, chunks })
    const response = await ann.chat({ model: relayed, messages, stream: true, session_id: id })
    expect(await response.text()).toContain('"error"')
    await settled(id)
    const [, answer] = (await ann.history(id)).messages
    expect(answer).toMatchObject({ content: 'One two', status: 'interrupted' })
  })

  it('and meanwhile, about every second', async () => {
    const id = newName()
    const chunks = frames.flatMap((frame) => [frame, { delayMs: 700 }])
    upstream.reply({ headers, chunks: [...chunks, 'data: [DONE]\n\n'] })
    const response = await ann.chat({ model: relayed, messages, stream: true, session_id: id })
    const whole = response.text()
    const seen = new Set<string>()
    for (let tries = 0; tries < 60 && !seen.has('One two three four'); tries += 1) {
      const [, answer] = (await ann.history(id)).messages
      seen.add(contentText(answer!.content))
      expect('One two three four'.startsWith(contentText(answer!.content))).toBe(true)
      expect(answer!.status).toBe(
        answer!.content === 'One two three four' ? answer!.status : 'streaming',
      )
      await sleep(80)
    }
    expect(seen.size).toBeGreaterThanOrEqual(3)
    expect(await whole).toMatch(/\[DONE\]\n\n$/)
    expect((await ann.history(id)).messages[1]).not.toHaveProperty('status')
  })

  it('the server drains', async () => {
    const own = await startGateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
    const eve = await addTalker(own, 'eve')
    upstream.reply(stuck)
    const response = await eve.chat({ model: relayed, messages, stream: true, session_id: 's' })
    const reader = response.body!.getReader()
    let text = ''
    while (!text.includes('two')) text += new TextDecoder().decode((await reader.read()).value)
    await own.deps.lifecycle.drain(own.server, 50)
    await own.deps.sessionTurns.settle()
    const [, answer] = await own.deps.db.messages.list(eve.id, 's', { limit: 10 })
    expect(answer).toMatchObject({ status: 'interrupted', message: { content: 'One two' } })
    await own.close()
  })
})

describe('nothing is kept when nothing was said:', () => {
  it.each([
    ['the provider refuses', errorReply(400, 'No.'), 400],
    ['the provider fails', errorReply(500, 'No.'), 502],
    ['the provider breaks off', { chunks: [{ drop: true as const }] }, 502],
  ])('%s', async (_how, reply, status) => {
    for (const stream of [false, true]) {
      const id = newName()
      await ann.say('Before', { model: relayed, session_id: id })
      // Each time: a kept connection that is closed without an answer is no fault yet.
      upstream.onRequest(({ method }) => (method === 'POST' ? reply : undefined))
      const response = await ann.chat({ model: relayed, messages, stream, session_id: id })
      expect(response.status).toBe(status)
      expect(response.headers.get('x-session-id')).toBe(id)
      await response.text()
      upstream.reset()
      expect(await ann.lines(id)).toHaveLength(2)
      await ann.say('After', { model: relayed, session_id: id })
      expect(await ann.lines(id)).toHaveLength(4)
    }
  })

  it('the model of the demo finds the prompt too long', async () => {
    const id = newName()
    const content = 'word '.repeat(20_000)
    const fields = {
      model: 'demo/assistant',
      session_id: id,
      messages: [{ role: 'user', content }],
    }
    expect((await ann.chat(fields)).status).toBe(400)
    expect(await ann.lines(id)).toEqual([])
  })

  it('a new session goes with it', async () => {
    upstream.reply(errorReply(500, 'No.'))
    const response = await ann.chat({ model: relayed, messages, session_id: 'new' })
    expect(response.status).toBe(502)
    const id = response.headers.get('x-session-id')!
    await gateway.deps.sessionTurns.enter(`${ann.id} ${id}`, {
      signal: AbortSignal.timeout(5000),
      patienceMs: 5000,
    })
    expect((await ann.ask(`/api/chat/history/${id}`)).status).toBe(404)
  })

  it('the client leaves before', async () => {
    const id = newName()
    await ann.say('Before', { model: relayed, session_id: id })
    for (const [stream, reply] of [
      [true, { chunks: [{ hang: true as const }] }],
      [false, { chunks: [JSON.stringify(chatCompletion()).slice(0, 50), { hang: true as const }] }],
    ] as const) {
      upstream.reset()
      upstream.reply(reply)
      const controller = new AbortController()
      const asked = ann.chat(
        { model: relayed, messages, stream, session_id: id },
        controller.signal,
      )
      asked.catch(() => {})
      await upstream.received()
      controller.abort()
      await waitUntil(() => gateway.deps.open.count() === 0)
      await ann.say('After', { model: relayed, session_id: id })
    }
    const lines = await ann.lines(id)
    expect(lines.filter((line) => line.startsWith('user'))).toEqual([
      'user: Before',
      'user: After',
      'user: After',
    ])
    expect(lines).toHaveLength(6)
  })
})
