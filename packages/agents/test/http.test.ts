/** Over real HTTP: a fake model server, the OpenAI-compatible provider, the retry wrapper. Bytes, boundaries, faults. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createOpenAICompatibleProvider, withRetry, type LanguageModel } from '@tandem/providers'
import {
  chatChunks,
  errorReply,
  sseReply,
  startFakeModelServer,
  usageOf,
  type CallSpec,
  type FakeModelServer,
  type Reply,
} from '@tandem/testing'
import type { Message } from '@tandem/schemas'
import { createToolModes } from '../src/index.ts'
import { drive, eventsOf, results } from './support/drive.ts'

let server: FakeModelServer
let provider: ReturnType<typeof createOpenAICompatibleProvider>
let model: LanguageModel

beforeAll(async () => {
  server = await startFakeModelServer()
  provider = createOpenAICompatibleProvider({
    name: 'fake',
    baseUrl: server.baseUrl,
    timeouts: {
      connectTimeoutMs: 2000,
      firstByteTimeoutMs: 5000,
      silenceTimeoutMs: 5000,
      totalTimeoutMs: 20_000,
    },
  })
  model = withRetry(provider.model('fake-model'), { baseDelayMs: 5 })
})
afterAll(async () => {
  await provider.close()
  await server.close()
})
beforeEach(() => server.reset())

const add: CallSpec = { name: 'add', arguments: { a: 41 } }
const says = (content: string): Reply => sseReply(chatChunks({ content, usage: usageOf(7, 3) }))
const calls = (...toolCalls: CallSpec[]): Reply =>
  sseReply(chatChunks({ toolCalls, usage: usageOf(7, 3) }))

/** The same bytes, cut every `size` bytes. */
function cut(reply: Reply, size: number): Reply {
  const bytes = Buffer.from((reply.chunks as string[]).join(''))
  const count = Math.ceil(bytes.length / size)
  const chunks = Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
  return { ...reply, chunks }
}

const half = (writes: number): Reply => ({
  ...says(''),
  chunks: [...(says('one two three four').chunks as string[]).slice(0, writes), { drop: true }],
})
const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'x',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason }],
})

test('arguments that needed no repair go back as the model wrote them, so that it finds its own prompt again', async () => {
  const written = '{ "a" : 41,"b":1.0 }'
  server.reply(calls({ ...add, arguments: written }), calls({ ...add, arguments: "{'a': 1}" }))
  await drive({ model })
  const sent = server.journal.map(({ json }) => json as { messages: Message[] })
  const given = sent.at(-1)?.messages.flatMap(({ tool_calls: made }) => made ?? [])
  expect(given?.map((call) => call.function.arguments)).toEqual([written, '{"a":1}'])
})

describe('usage of a provider that tells none', () => {
  const silentCall = sseReply(chatChunks({ toolCalls: [add] }))
  const silentAnswer = sseReply(chatChunks({ content: 'It is forty-two.' }))
  test('is estimated for each call, from what was sent and what came', async () => {
    server.reply(silentCall, silentAnswer)
    const { usage, usageLast } = (await drive({ model })).end
    expect(server.journal).toHaveLength(2)
    // Four characters are a token, and JSON has brackets and quotes beside them.
    const sent = server.journal
      .map(({ json }) => json as { messages: object; tools: object })
      .map(({ messages, tools }) => JSON.stringify([messages, tools]).length)
      .reduce((sum, some) => sum + some, 0)
    expect(usage.prompt_tokens).toBeGreaterThan((sent / 4) * 0.75)
    expect(usage.prompt_tokens).toBeLessThan(sent / 4)
    expect(usage).toMatchObject({ completion_tokens: 3 + 4, estimated: true })
    expect(usageLast).toMatchObject({ completion_tokens: 4, estimated: true })
    expect(usage.total_tokens).toBe(usage.prompt_tokens + 7)
  })

  test('is added to what was told, and the sum is marked', async () => {
    server.reply(calls(add), silentAnswer)
    const { usage, usageLast } = (await drive({ model })).end
    expect(usage).toMatchObject({
      prompt_tokens: 7 + usageLast.prompt_tokens,
      completion_tokens: 3 + 4,
      estimated: true,
    })
  })

  test('what was told whole is not marked, and a refused call cost nothing', async () => {
    server.reply(calls(add), says('It is 42.'))
    expect((await drive({ model })).end.usage.estimated).toBeUndefined()
    server.reply(errorReply(401, 'No.'))
    expect((await drive({ model })).end.usage).toMatchObject({ total_tokens: 0 })
  })
})

describe.each([1, 17, 100_000])('in segments of %d bytes', (size) => {
  test('tools, text before them, and the answer', async () => {
    server.reply(
      cut(
        sseReply(
          chatChunks({
            content: 'Zähle… 🧮',
            toolCalls: [add, { ...add, id: 'other', arguments: '{"a": 1}' }],
            usage: usageOf(7, 3),
          }),
        ),
        size,
      ),
      cut(says('Es sind 42 – fertig.'), size),
    )
    const driven = await drive({ model })
    expect(driven.text).toBe('Zähle… 🧮\n\nEs sind 42 – fertig.')
    expect(results(driven)).toEqual(['42', '2'])
    expect(driven.end.usage).toMatchObject({
      prompt_tokens: 14,
      completion_tokens: 6,
      total_tokens: 20,
    })
  })

  test('calls in text never leak', async () => {
    const tokens = [
      'I ',
      'look.\n<',
      'tool',
      '_call>\n{"na',
      'me": "add", "arg',
      'uments": {"a": 1',
      '}}\n</tool_',
      'call>',
    ]
    server.reply(cut(sseReply(chatChunks({ tokens })), size), cut(says('Two.'), size))
    const driven = await drive({ model })
    expect(driven.text).toMatch(/^I look\.\n+Two\.$/)
    expect(driven.ran).toEqual(['add {"a":1,"b":1}'])
  })
})

describe('faults before the first token are not seen', () => {
  test.each<[string, Reply]>([
    [
      '429',
      {
        ...errorReply(429, 'Slow down.'),
        headers: { 'content-type': 'application/json', 'retry-after': '0' },
      },
    ],
    ['500', errorReply(500, 'Oops.')],
    ['a reset', { chunks: [{ drop: true }] }],
    ['a reset after the headers', { ...says(''), chunks: ['', { drop: true }] }],
    [
      'a reset after the first chunk, which says nothing',
      { ...says(''), chunks: [(says('x').chunks as string[])[0]!, { drop: true }] },
    ],
  ])('%s', async (_, fault) => {
    server.reply(calls(add), fault, says('It is 42.'))
    const driven = await drive({ model })
    expect(driven.error).toBeUndefined()
    expect(driven.text).toBe('It is 42.')
    expect(server.journal).toHaveLength(3)
  })

  test('a provider that stays down: the answer is composed of what the tools returned', async () => {
    server.onRequest(({ method }) => (method === 'POST' ? errorReply(500, 'Down.') : undefined))
    server.reply(calls(add))
    const driven = await drive({ model })
    expect(driven.error).toBeUndefined()
    expect(driven.text).toContain('> 42')
    expect(driven.end.stopReason).toBe('errors')
    // Three tries of the turn, three of the last answer.
    expect(server.journal).toHaveLength(7)
  })

  test('credentials that are refused are no matter of trying again', async () => {
    server.reply(errorReply(401, 'No.'))
    const driven = await drive({ model })
    expect(driven.error).toMatchObject({ code: 'upstream_credentials' })
    expect(server.journal).toHaveLength(1)
  })
})

describe('faults after the first token', () => {
  test('in the answer: what came stays, the error is thrown, nothing is said twice', async () => {
    server.reply(half(4))
    const driven = await drive({ model })
    expect(driven.text).toBe('one two three')
    expect(driven.error).toMatchObject({ code: 'upstream_interrupted' })
    expect(server.journal).toHaveLength(1)
  })

  test('within a call, before any text: another turn', async () => {
    const broken = calls(add)
    server.reply(
      { ...broken, chunks: [...(broken.chunks as string[]).slice(0, 3), { drop: true }] },
      calls(add),
      says('42.'),
    )
    const driven = await drive({ model })
    expect(driven.ran).toHaveLength(1)
    expect(driven.text).toBe('42.')
  })

  test('what is no stream at all is called so, and not asked for again', async () => {
    const headers = { 'content-type': 'text/html' }
    server.reply({ headers, chunks: ['<html>Welcome</html>'] })
    const driven = await drive({ model })
    expect(driven.error).toMatchObject({ code: 'upstream_invalid_response' })
    expect(server.journal).toHaveLength(1)
  })

  test.each(['{"choices":[{"del', '"text"', '{"choices":[{"delta":{"content":5}}]}'])(
    'broken JSON in the stream is no break of it: %s',
    async (data) => {
      const chunks = says('one two').chunks as string[]
      server.reply({ ...says(''), chunks: [...chunks.slice(0, 2), `data: ${data}\n\n`] })
      const driven = await drive({ model })
      expect(driven.error).toMatchObject({ code: 'upstream_invalid_response' })
    },
  )

  test('an error event in the stream', async () => {
    const chunks = says('one two').chunks as string[]
    server.reply({
      ...says(''),
      chunks: [...chunks.slice(0, 3), 'data: {"error":{"message":"overloaded","code":503}}\n\n'],
    })
    const driven = await drive({ model })
    expect(driven.error).toMatchObject({ code: 'upstream_error' })
  })
})

test('a server without tool calls is found out, and prompted from then on', async () => {
  const toolModes = createToolModes()
  server.reply(
    errorReply(400, 'registry.ollama.ai/library/gemma:2b does not support tools'),
    says('```tool_call\n{"name": "add", "arguments": {"a": 41}}\n```\nObservation: 7'),
    says('It is 42.'),
    says('Hi.'),
  )
  const driven = await drive({ model, deps: { toolModes } })
  expect(driven.text).toBe('It is 42.')
  expect(results(driven)).toEqual(['42'])
  await drive({ model, deps: { toolModes } })
  const bodies = server.journal.map(({ json }) => json as Record<string, unknown>)
  expect(bodies.map((body) => 'tools' in body)).toEqual([true, false, false, false])
  expect(bodies[1]?.['stop']).toEqual(['\nObservation:'])
})

test('a context that overflows, as llama.cpp says it', async () => {
  server.reply(
    calls({ name: 'says', arguments: { what: 'much' } }),
    calls(add),
    errorReply(400, 'the request exceeds the available context size, try increasing it'),
    says('Done.'),
  )
  const driven = await drive({ model })
  expect(driven.text).toBe('Done.')
  expect(server.journal[3]!.body.length).toBeLessThan(server.journal[2]!.body.length / 2)
})

describe('a client that leaves', () => {
  test('while the model speaks: the upstream sees it', async () => {
    const chunks = says('one two three').chunks as string[]
    server.reply({ ...says(''), chunks: [...chunks.slice(0, 3), { hang: true }] })
    const controller = new AbortController()
    const driven = await drive({
      model,
      signal: controller.signal,
      onEvent: ({ type }) => type === 'text-delta' && controller.abort(),
    })
    expect(driven.end.stopReason).toBe('cancelled')
    await server.journal[0]!.closed
  })

  test('while a tool works', async () => {
    server.reply(calls({ name: 'slow', arguments: { ms: 9999 } }))
    const controller = new AbortController()
    const driven = await drive({
      model,
      signal: controller.signal,
      onEvent: ({ type }) => type === 'tool-start' && setTimeout(() => controller.abort(), 5),
    })
    expect(driven.signals[0]?.aborted).toBe(true)
    expect(eventsOf(driven, 'tool-end')[0]?.result.error?.code).toBe('cancelled')
  })
})

test('reasoning goes back with the calls that it led to', async () => {
  server.reply(
    sseReply([
      chunk({ role: 'assistant', reasoning_content: 'I should add.' }),
      chunk({
        tool_calls: [
          { index: 0, id: 'c', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
        ],
      }),
      chunk({}, 'tool_calls'),
    ]),
    says('2.'),
  )
  await drive({ model })
  const { messages } = server.journal[1]!.json as { messages: Record<string, unknown>[] }
  expect(messages.find(({ role }) => role === 'assistant')).toMatchObject({
    reasoning_content: 'I should add.',
  })
})

test('many runs at once do not hold each other up', async () => {
  server.onRequest(({ json }) => {
    const { messages } = json as { messages: { role: string }[] }
    return messages.some(({ role }) => role === 'tool') ? says('ok') : calls(add)
  })
  const driven = await Promise.all(Array.from({ length: 50 }, () => drive({ model })))
  expect(driven.map(({ text }) => text)).toEqual(Array(50).fill('ok'))
})
