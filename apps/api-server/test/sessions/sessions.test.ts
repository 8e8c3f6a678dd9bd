import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Message } from '@tandem/schemas'
import {
  chatChunks,
  chatCompletion,
  jsonReply,
  sseReply,
  startFakeModelServer,
  usageOf,
  type FakeModelServer,
} from '@tandem/testing'
import { expectErrorBody } from '../support/read-error.ts'
import { startGateway, type Gateway } from '../support/start-gateway.ts'
import { addTalker, type Talker } from './talk.ts'

let upstream: FakeModelServer
let gateway: Gateway
let ann: Talker
let ben: Talker

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({
    env: { LMSTUDIO_BASE_URL: upstream.baseUrl, MAX_CONVERSATION_HISTORY: '6' },
  })
  ann = await addTalker(gateway, 'ann')
  ben = await addTalker(gateway, 'ben')
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const relayed = 'lmstudio/m'
const demo = 'demo/assistant'
const lanes = [relayed, demo].flatMap((model) => [false, true].map((stream) => ({ model, stream })))

const user = (content: string) => ({ role: 'user', content })
const delta = (delta: object) => ({ choices: [{ index: 0, delta, finish_reason: null }] })

let made = 0
const newName = (): string => `s-${(made += 1)}_${Date.now().toString(36)}`

const sent = (at = -1): Record<string, unknown> & { messages: Message[] } =>
  upstream.journal.filter(({ method }) => method === 'POST').at(at)?.json as never

async function errorOf(response: Response, status: number) {
  expect(response.status).toBe(status)
  return expectErrorBody(await response.text())
}

describe.each(lanes)('a session ($model, stream: $stream)', (lane) => {
  it('goes on where it ended', async () => {
    const first = await ann.say('My name is Zoë.', { ...lane, session_id: 'new' })
    const id = first.sessionId!
    expect(id).toMatch(/^session_[0-9a-f]{32}$/)
    const second = await ann.say('What is my name?', { ...lane, session_id: id })
    expect(second.sessionId).toBe(id)
    if (lane.model === demo) expect(second.text).toContain('Zoë')
    else {
      expect(sent().messages).toEqual([
        { role: 'user', content: 'My name is Zoë.' },
        { role: 'assistant', content: first.text },
        { role: 'user', content: 'What is my name?' },
      ])
      expect(sent()).not.toHaveProperty('session_id')
    }
    expect(await ann.lines(id)).toEqual([
      'user: My name is Zoë.',
      `assistant: ${first.text}`,
      'user: What is my name?',
      `assistant: ${second.text}`,
    ])
    const { messages } = await ann.history(id)
    for (const { created_at } of messages) expect(new Date(created_at).toJSON()).toBe(created_at)
    expect(messages[1]).toMatchObject({
      model: lane.model,
      usage: { total_tokens: expect.any(Number) },
    })
    expect(messages[1]).not.toHaveProperty('status')
    expect(Object.keys(messages[0]!)).toEqual(['role', 'content', 'created_at'])
  })

  it('is made under the name that the caller gives, once for each owner', async () => {
    const id = newName()
    await ann.say('I am Ann.', { ...lane, session_id: id })
    await ben.say('I am Ben.', { ...lane, session_id: id })
    expect((await ann.lines(id))[0]).toBe('user: I am Ann.')
    expect(await ann.lines(id)).toHaveLength(2)
    expect((await ben.lines(id))[0]).toBe('user: I am Ben.')
    expect(await ben.lines(id)).toHaveLength(2)
  })

  it('keeps a system message until another replaces it', async () => {
    const id = newName()
    const system = { role: 'system', content: 'Be brief.' }
    const chat = async (messages: object[]) =>
      (await ann.chat({ ...lane, session_id: id, messages })).text()
    await chat([system, user('one')])
    await chat([user('two')])
    if (lane.model === relayed) expect(sent().messages[0]).toEqual(system)
    expect((await ann.history(id)).system).toEqual(system)
    const other = { role: 'developer', content: 'Be long.' }
    await chat([other, user('three')])
    if (lane.model === relayed) {
      expect(sent().messages.filter(({ role }) => role !== 'user' && role !== 'assistant')).toEqual(
        [other],
      )
      expect(sent().messages.map(({ role }) => role)).toEqual([
        'developer', 'user', 'assistant', 'user', 'assistant', 'user',
      ]) // prettier-ignore
    }
    const { system: kept, messages } = await ann.history(id)
    expect(kept).toEqual(other)
    expect(messages.map(({ role }) => role).join()).not.toMatch(/system|developer/)
  })

  it('takes no second choice', async () => {
    const id = newName()
    const messages = [{ role: 'user', content: 'x' }]
    const error = await errorOf(await ann.chat({ ...lane, messages, n: 2, session_id: id }), 400)
    expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'n' })
    expect((await ann.ask(`/api/chat/history/${id}`)).status).toBe(404)
  })

  it('is not there unless it is asked for', async () => {
    const before = await ann.sessions('?limit=200')
    for (const fields of [{}, { session_id: null }]) {
      const { sessionId, raw } = await ann.say('Hello', { ...lane, ...fields })
      expect(sessionId).toBeNull()
      expect(raw).not.toContain('session_id')
    }
    expect(await ann.sessions('?limit=200')).toEqual(before)
  })

  it('has a title from the first words', async () => {
    const id = newName()
    await ann.say(`  Plan\n\na trip ${'to Rome '.repeat(20)}`, { ...lane, session_id: id })
    await ann.say('Something else', { ...lane, session_id: id })
    const [session] = (await ann.sessions()).sessions
    expect(session).toMatchObject({ id, message_count: 4 })
    expect(session!.title).toMatch(/^Plan a trip to Rome .*…$/)
    expect(session!.title!.length).toBeLessThanOrEqual(80)
  })
})

describe('what goes over the wire', () => {
  it('a relayed answer keeps its bytes; one that we make names the session', async () => {
    const body =
      '{ "id":"x" , "choices":[{"index":0,"message":{"role":"assistant","content":"Ok"},"finish_reason":"stop"}]}'
    upstream.reply({ headers: { 'content-type': 'application/json' }, chunks: [body] })
    const id = newName()
    expect((await ann.say('Hi', { model: relayed, session_id: id })).raw).toBe(body)
    expect(await ann.lines(id)).toEqual(['user: Hi', 'assistant: Ok'])
    const { raw } = await ann.say('Hi', { model: demo, session_id: id })
    expect(JSON.parse(raw)).toMatchObject({ session_id: id, object: 'chat.completion' })
  })

  it('a relayed stream keeps its bytes, however its end is cut', async () => {
    const events = chatChunks({ content: 'One two' }).map(
      (event) => `data: ${JSON.stringify(event)}\n\n`,
    )
    const headers = { 'content-type': 'text/event-stream' }
    const whole = `${events.join('')}data: [DONE]\n\n`
    for (const chunks of [
      [...events, 'data: [DONE]\n\n'],
      [whole],
      [events.join('')],
      [whole.slice(0, -9), whole.slice(-9)],
    ]) {
      upstream.reply({ headers, chunks })
      const { raw } = await ann.say('Hi', { model: relayed, stream: true, session_id: newName() })
      expect(raw).toBe(whole)
    }
  })

  it('other fields of the body keep their bytes', async () => {
    const id = newName()
    await ann.say('Hi', { model: relayed, session_id: id })
    const body = `{"temperature":1.0, "session_id":"${id}","messages":[{"role":"user","content":"Hé"}],"big":12345678901234567890,"model":"${relayed}"}`
    await (await ann.ask('/v1/chat/completions', { body })).text()
    expect(upstream.journal.at(-1)!.body.toString()).toMatch(
      /^\{"temperature":1\.0,"messages":\[\{"role":"user","content":"Hi"\},.*\],"big":12345678901234567890,"model":"m"\}$/,
    )
  })

  it.each([
    '',
    ' ',
    'a b',
    'a/b',
    '../x',
    'x'.repeat(65),
    'ü',
    'a\u0000',
    'a\n',
    7,
    true,
    {},
    ['a'],
  ])('session_id %j is a clear 400', async (session_id) => {
    for (const lane of lanes) {
      const messages = [{ role: 'user', content: 'x' }]
      const error = await errorOf(await ann.chat({ ...lane, messages, session_id }), 400)
      expect(error).toMatchObject({ type: 'invalid_request_error', param: 'session_id' })
    }
    expect(upstream.journal).toHaveLength(0)
  })

  it('names of 64 letters, digits, - and _ are fine', async () => {
    const id = `${'aZ09-_'.repeat(10)}abcd`
    expect((await ann.say('Hi', { model: demo, session_id: id })).sessionId).toBe(id)
  })

  it('an unknown model or a bad request makes no session', async () => {
    const id = newName()
    const messages = [{ role: 'user', content: 'x' }]
    await errorOf(await ann.chat({ model: 'lmstudio', messages, session_id: id }), 404)
    await errorOf(await ann.chat({ model: demo, messages: [], session_id: id }), 400)
    expect((await ann.ask(`/api/chat/history/${id}`)).status).toBe(404)
  })
})

describe('the history in the prompt', () => {
  it('is at most MAX_CONVERSATION_HISTORY messages, whole turns, system and newest beside', async () => {
    const id = newName()
    const system = { role: 'system', content: 'S' }
    await (
      await ann.chat({
        model: relayed,
        session_id: id,
        messages: [system, { role: 'user', content: 'q0' }],
      })
    ).text()
    for (let at = 1; at <= 5; at += 1) await ann.say(`q${at}`, { model: relayed, session_id: id })
    const { messages } = sent()
    expect(messages).toHaveLength(8)
    expect(messages[0]).toEqual(system)
    expect(messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual([
      'q2',
      'q3',
      'q4',
      'q5',
    ])
    expect(await ann.lines(id)).toHaveLength(12)
  })

  it('never parts a tool call from its result', async () => {
    const id = newName()
    const lane = {
      model: relayed,
      session_id: id,
      tools: [{ type: 'function', function: { name: 'f' } }],
    }
    for (let at = 0; at < 3; at += 1) await ann.say(`before ${at}`, lane)
    const toolCalls = [
      { id: 'call_1', name: 'f', arguments: { x: 1 } },
      { id: 'call_2', name: 'f', arguments: { x: 2 } },
    ]
    upstream.reply(sseReply(chatChunks({ toolCalls })))
    await ann.say('Use the tool', { ...lane, stream: true })
    const results = ['call_1', 'call_2'].map((tool_call_id) => ({
      role: 'tool',
      tool_call_id,
      content: 'ok',
    }))
    await (await ann.chat({ ...lane, messages: results })).text()
    expect(sent().messages.slice(-4)).toEqual([
      { role: 'user', content: 'Use the tool' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'call_2', type: 'function', function: { name: 'f', arguments: '{"x":2}' } },
        ],
      },
      ...results,
    ])
    for (let at = 0; at < 4; at += 1) {
      await ann.say(`after ${at}`, lane)
      const roles = sent()
        .messages.map(({ role, tool_calls }) => (tool_calls ? 'call' : role))
        .join(' ')
      expect(roles).toMatch(/^user/)
      expect(roles.includes('call')).toBe(roles.includes('call tool tool assistant'))
      expect(roles.includes('tool')).toBe(roles.includes('call'))
    }
  })

  it('leaves out calls that the client never answered', async () => {
    const id = newName()
    upstream.reply(
      jsonReply(chatCompletion({ toolCalls: [{ id: 'c', name: 'f', arguments: {} }] })),
    )
    await ann.say('Use it', { model: relayed, session_id: id })
    await ann.say('Never mind', { model: relayed, session_id: id })
    expect(sent().messages).toEqual([
      { role: 'user', content: 'Use it' },
      { role: 'user', content: 'Never mind' },
    ])
    expect((await ann.history(id)).messages[1]!.tool_calls).toHaveLength(1)
  })

  it('goes from one lane to the other', async () => {
    const id = newName()
    await ann.say('My name is Zoë.', { model: demo, session_id: id, stream: true })
    await ann.say('And my dog is Rex.', { model: relayed, session_id: id, stream: true })
    expect(sent().messages).toHaveLength(3)
    expect((await ann.say('What is my name?', { model: demo, session_id: id })).text).toContain(
      'Zoë',
    )
  })

  it('keeps what was thought, but sends it to no model as a message of its own', async () => {
    const id = newName()
    const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
    upstream.reply(sseReply([delta({ reasoning_content: 'Hm.' }), delta({ content: 'Yes.' }), end]))
    await ann.say('Well?', { model: relayed, session_id: id, stream: true })
    expect((await ann.history(id)).messages[1]).toMatchObject({ content: 'Yes.', reasoning: 'Hm.' })
    await ann.say('Sure?', { model: relayed, session_id: id })
    expect(sent().messages[1]).toEqual({ role: 'assistant', content: 'Yes.' })
  })

  it('stays within a context length that the provider tells, with room for max_tokens', async () => {
    const provider = await startFakeModelServer()
    provider.onRequest(({ method, json }) =>
      method === 'GET'
        ? jsonReply({
            object: 'list',
            data: [{ id: 'small', object: 'model', context_length: 4000 }],
          })
        : jsonReply(
            chatCompletion({
              content: 'word '.repeat(900),
              usage: usageOf(1, (json as { messages: object[] }).messages.length),
            }),
          ),
    )
    const small = await startGateway({ env: { LMSTUDIO_BASE_URL: provider.baseUrl } })
    const cat = await addTalker(small, 'cat')
    const counts: number[] = []
    for (const max_tokens of [undefined, undefined, undefined, undefined, 2500, 4000]) {
      const { raw } = await cat.say('Go on', {
        model: 'lmstudio/small',
        session_id: 's',
        max_tokens: max_tokens ?? null,
      })
      counts.push(
        (JSON.parse(raw) as { usage: { completion_tokens: number } }).usage.completion_tokens,
      )
    }
    // 900 tokens an answer: three turns fit into 4000 less 1000 for the answer, one less 2500; 4000 cannot be kept.
    expect(counts).toEqual([1, 3, 5, 7, 3, 7])
    expect(await cat.lines('s')).toHaveLength(12)
    await small.close()
    await provider.close()
  })

  it('a conversation longer than the context of the model goes on', async () => {
    const long = `Remember: ${'many words of no weight, 123 456; '.repeat(150)}`
    const id = newName()
    for (let at = 0; at < 8; at += 1)
      await ben.say(`${at} ${long}`, { model: demo, session_id: id, max_tokens: 50 })
    expect(await ben.lines(id)).toHaveLength(16)
  }, 60_000)
})
