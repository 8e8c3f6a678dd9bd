import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  chatCompletion,
  errorReply,
  fixtureNames,
  fixtureReply,
  jsonReply,
  loadFixture,
  splitEvents,
  sseReply,
  startFakeModelServer,
  usageOf,
  type FakeModelServer,
  type FixtureName,
} from '@tandem/testing'
import { apiKey, startGateway, type Gateway } from './support/start-gateway.ts'

let upstream: FakeModelServer
let gateway: Gateway
/** Comments after 50 ms of silence. */
let impatient: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  const env = { LMSTUDIO_BASE_URL: upstream.baseUrl }
  gateway = await startGateway({ env })
  impatient = await startGateway({ env, deps: { keepaliveMs: 50 } })
})
afterAll(async () => {
  await gateway.close()
  await impatient.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const chat = '/v1/chat/completions'
const model = 'lmstudio/fake-model'
const demo = 'demo/assistant'
const messages = [{ role: 'user', content: 'Hello' }]
const calculator = {
  type: 'function',
  function: {
    name: 'calculator',
    description: 'Calculates',
    parameters: { type: 'object', properties: { expression: { type: 'string' } } },
  },
}
const calculation = {
  messages: [{ role: 'user', content: 'Calculate 17 * 23' }],
  tools: [calculator],
}

interface Chunk {
  id: string
  object: string
  created: number
  model: string
  choices: {
    index: number
    delta: Record<string, unknown> & { role?: string; content?: string | null }
    finish_reason: string | null
  }[]
  usage?: object | null
}

const post = (body: object, to = gateway): Promise<Response> =>
  to.post(chat, { model, messages, ...body })
const stream = async (body: object = {}, to = gateway): Promise<string> =>
  (await post({ stream: true, ...body }, to)).text()

const complete = async (body: object): Promise<string> =>
  (await gateway.post('/v1/completions', { model, prompt: 'x', stream: true, ...body })).text()

function dataOf(text: string): string[] {
  return text
    .split(/\r?\n\r?\n/)
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice('data: '.length))
}

function chunksOf(text: string): Chunk[] {
  const data = dataOf(text)
  expect(data.at(-1)).toBe('[DONE]')
  expect(data.filter((one) => one === '[DONE]')).toHaveLength(1)
  return data.slice(0, -1).map((one) => JSON.parse(one) as Chunk)
}

const named = (ending: string): FixtureName[] =>
  fixtureNames.filter((name) => name.endsWith(ending) && (fixtureReply(name).status ?? 200) === 200)

const chatStreams = named('.sse').filter((name) => !/-(completion|error)\./.test(name))

describe('a relayed answer', () => {
  it.each(named('.json').filter((name) => name.includes('chat') || name.includes('tools')))(
    'has the bytes of %s',
    async (name) => {
      upstream.reply(fixtureReply(name))
      const response = await post({})
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(Buffer.from(await response.arrayBuffer())).toEqual(loadFixture(name))
    },
  )

  it('keeps fields that nobody knows, and spellings', async () => {
    const text =
      '{ "id":"x", "choices":[{"index":0,"message":{"content":"\\u00e9"},"of_2027":1.0}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cost":1e-5} , "x":[1e2] }\n'
    upstream.reply({
      headers: { 'content-type': 'application/json' },
      chunks: [text.slice(0, 30), text.slice(30)],
    })
    expect(await (await post({})).text()).toBe(text)
  })

  it('has a length and no leftovers of the upstream among its headers', async () => {
    upstream.reply(
      jsonReply(chatCompletion(), {
        headers: { 'set-cookie': 'a=b', server: 'secret/1.0', 'x-upstream': 'x' },
      }),
    )
    const { headers } = await post({})
    expect(Number(headers.get('content-length'))).toBeGreaterThan(0)
    for (const name of ['set-cookie', 'server', 'x-upstream']) expect(headers.get(name)).toBeNull()
  })
})

describe('a relayed stream', () => {
  it.each(chatStreams)('has the bytes of %s where usage was asked for', async (name) => {
    upstream.reply(fixtureReply(name))
    expect(await stream({ stream_options: { include_usage: true } })).toBe(
      loadFixture(name).toString(),
    )
  })

  it.each(chatStreams)('has the bytes of %s, but for the usage event, where not', async (name) => {
    upstream.reply(fixtureReply(name))
    const expected = splitEvents(loadFixture(name)).filter(
      (event) => !/"choices": ?\[\]/.test(event.toString()),
    )
    const text = await stream()
    expect(text).toBe(Buffer.concat(expected).toString())
    expect(text).not.toMatch(/"choices": ?\[\]/)
  })

  it.each([1, 7, 64, 1000])(
    'is the same when the upstream writes %d bytes at a time',
    async (size) => {
      const bytes = loadFixture('openai-text-usage.sse')
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      )
      upstream.reply({
        headers: { 'content-type': 'text/event-stream' },
        chunks: size === 1 ? pieces.slice(0, 3000).concat(bytes.subarray(3000)) : pieces,
      })
      expect(await stream({ stream_options: { include_usage: true } })).toBe(bytes.toString())
    },
  )

  it('keeps a usage that came with the last choice', async () => {
    const chunks = chatChunks().map((chunk, index, all) =>
      index === all.length - 1 ? { ...chunk, usage: usageOf(1, 2) } : chunk,
    )
    upstream.reply(sseReply(chunks))
    expect(chunksOf(await stream()).at(-1)).toMatchObject({
      usage: { total_tokens: 3 },
      choices: [{ finish_reason: 'stop' }],
    })
  })

  it('is not misled by words in the text', async () => {
    const tokens = [
      '"usage":{"prompt_tokens":1}',
      '"choices":[]',
      'data: [DONE]',
      '\n\n',
      '"finish_reason":"stop"',
    ]
    upstream.reply(sseReply(chatChunks({ tokens })))
    const text = chunksOf(await stream()).map(({ choices }) => choices[0]!.delta.content ?? '')
    expect(text.join('')).toBe(tokens.join(''))
  })

  it('gets the [DONE] that the upstream forgot', async () => {
    upstream.reply(sseReply(chatChunks(), { done: false }))
    expect(chunksOf(await stream()).at(-1)!.choices[0]!.finish_reason).toBe('stop')
  })

  it('ends with one error event and no [DONE] where it breaks off', async () => {
    upstream.reply(sseReply([...chatChunks().slice(0, 3), 'data: {"id":"half'], { done: false }))
    const data = dataOf(await stream())
    expect(data).toHaveLength(4)
    expect(JSON.parse(data.at(-1)!)).toEqual({
      error: {
        message: expect.stringContaining("'lmstudio' broke its answer off"),
        type: 'server_error',
        param: null,
        code: 'upstream_interrupted',
      },
    })
  })

  it.each([
    ['llamacpp-error.sse', 'Context size has been exceeded'],
    ['lmstudio-error.sse', 'The model has crashed'],
  ] as const)(
    'ends with the error of %s in our own shape, and no [DONE]',
    async (name, message) => {
      upstream.reply(fixtureReply(name))
      const text = await stream()
      const before = splitEvents(loadFixture(name)).slice(0, -1)
      expect(text.startsWith(Buffer.concat(before).toString())).toBe(true)
      expect(dataOf(text)).toHaveLength(before.length + 1)
      expect(JSON.parse(dataOf(text).at(-1)!)).toEqual({
        error: {
          message: expect.stringContaining(message),
          type: 'server_error',
          param: null,
          code: 'upstream_error',
        },
      })
    },
  )

  it('of legacy completions withholds usage alike', async () => {
    expect(await complete({})).not.toContain('"choices":[]')
    expect(upstream.journal[0]!.json).toMatchObject({ stream_options: { include_usage: true } })
    expect(await complete({ stream_options: { include_usage: true } })).toContain('"choices":[]')
  })
})

describe('an answer of the demo', () => {
  it('has every field that clients need', async () => {
    const before = Math.floor(Date.now() / 1000)
    const answer = (await (await post({ model: demo })).json()) as Record<string, unknown> & {
      created: number
    }
    expect(answer).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: demo,
      system_fingerprint: null,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.stringMatching(/./), refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: expect.any(Number),
        completion_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    })
    expect(Number.isInteger(answer.created)).toBe(true)
    expect(answer.created).toBeGreaterThanOrEqual(before)
  })

  it('with calls has them as JSON strings, content null, and says so', async () => {
    const answer = (await (await post({ model: demo, ...calculation })).json()) as {
      choices: [
        {
          finish_reason: string
          message: {
            content: null
            tool_calls: { id: string; type: string; function: { arguments: string } }[]
          }
        },
      ]
    }
    const { finish_reason, message } = answer.choices[0]
    expect(finish_reason).toBe('tool_calls')
    expect(message.content).toBeNull()
    for (const call of message.tool_calls) {
      expect(call).toEqual({
        id: expect.stringMatching(/^call_/),
        type: 'function',
        function: { name: 'calculator', arguments: expect.any(String) },
      })
      expect(JSON.parse(call.function.arguments)).toEqual({ expression: expect.any(String) })
    }
  })

  it('names the model as the caller did', async () => {
    expect(await (await post({ model: 'assistant' })).json()).toMatchObject({ model: 'assistant' })
  })
})

describe.each([
  ['relayed', model],
  ['demo', demo],
])('every stream (%s)', (_name, asked) => {
  it.each([
    ['text', {}],
    ['calls', calculation],
    ['a cut answer', { max_tokens: 2 }],
  ])('of %s is well-formed', async (what, body) => {
    if (asked === model) {
      const toolCalls = [{ name: 'calculator', arguments: { expression: '17 * 23' } }]
      if (what === 'calls') upstream.reply(sseReply(chatChunks({ toolCalls })))
      if (what === 'a cut answer') upstream.reply(sseReply(chatChunks({ finishReason: 'length' })))
    }
    const chunks = chunksOf(await stream({ model: asked, ...body }))
    const [first] = chunks
    expect(first!.id).not.toBe('')
    expect(Number.isInteger(first!.created)).toBe(true)
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({
        id: first!.id,
        object: 'chat.completion.chunk',
        created: first!.created,
        model: first!.model,
      })
      expect(chunk.choices).toHaveLength(1)
    }
    const roles = chunks.map(({ choices }) => choices[0]!.delta.role)
    expect(roles).toEqual([
      'assistant',
      ...Array.from({ length: chunks.length - 1 }, () => undefined),
    ])
    const reasons = chunks.map(({ choices }) => choices[0]!.finish_reason)
    const last = { text: 'stop', calls: 'tool_calls', 'a cut answer': 'length' }[what]
    expect(reasons).toEqual([...Array.from({ length: chunks.length - 1 }, () => null), last])
  })

  it('with usage has it once, last, and null before', async () => {
    const chunks = chunksOf(await stream({ model: asked, stream_options: { include_usage: true } }))
    const usage = chunks.pop()!
    expect(usage.choices).toEqual([])
    expect(usage.usage).toMatchObject({
      total_tokens: expect.any(Number),
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    })
    for (const chunk of chunks) expect(chunk.usage).toBeNull()
  })

  it('without usage has none', async () => {
    for (const stream_options of [undefined, null, { include_usage: false }]) {
      for (const chunk of chunksOf(await stream({ model: asked, stream_options }))) {
        expect(chunk.usage ?? null).toBeNull()
        expect(chunk.choices).toHaveLength(1)
      }
    }
  })

  it('has the headers that keep proxies from holding it back', async () => {
    const response = await post({ model: asked, stream: true })
    const { headers } = response
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(headers.get('x-accel-buffering')).toBe('no')
    expect(headers.get('content-encoding')).toBeNull()
    await response.text()
  })

  it('has no line but data and comments', async () => {
    for (const line of (await stream({ model: asked })).split('\n'))
      expect(line).toMatch(/^(data: .*|: .*|)$/)
  })

  it('never splits an event between two writes, nor a character', async () => {
    const words = 'Grüße 👋🏽 aus Tōkyō: ∑ 漢字'
    if (asked === model) {
      const bytes = Buffer.from(
        chatChunks({ content: words })
          .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
          .join('') + 'data: [DONE]\n\n',
      )
      const pieces = Array.from({ length: Math.ceil(bytes.length / 37) }, (_, index) =>
        bytes.subarray(index * 37, index * 37 + 37),
      )
      upstream.reply({ headers: { 'content-type': 'text/event-stream' }, chunks: pieces })
    }
    const writes = await writesOf({
      model: asked,
      messages: [{ role: 'user', content: `Echo: ${words}` }],
    })
    expect(writes.length).toBeGreaterThan(3)
    for (const write of writes) {
      expect(write.toString()).toMatch(/^(data|:)[^]*\n\n$/)
      expect(Buffer.from(write.toString())).toEqual(write)
    }
  })
})

it('calls of the demo are streamed with index, id, type and name on the first delta alone', async () => {
  const deltas = chunksOf(await stream({ model: demo, ...calculation })).flatMap(
    ({ choices }) => (choices[0]!.delta['tool_calls'] ?? []) as Record<string, unknown>[],
  )
  expect(deltas[0]).toMatchObject({
    index: 0,
    id: expect.stringMatching(/^call_/),
    type: 'function',
    function: { name: 'calculator' },
  })
  for (const delta of deltas.slice(1)) expect(delta).not.toHaveProperty('id')
})

it('the demo speaks both spellings of nothing: no reasoning, no tool_calls: []', async () => {
  for (const body of [{}, { tools: [calculator] }]) {
    const text = await (await post({ model: demo, ...body })).text()
    expect(text).not.toMatch(/tool_calls|reasoning_content/)
  }
})

/** The chunks of a chunked response: each is one write of the server. */
async function writesOf(body: object): Promise<Buffer[]> {
  const text = JSON.stringify({ messages, stream: true, ...body })
  const socket = connect(gateway.server.port, '127.0.0.1')
  socket.write(
    `POST ${chat} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${apiKey}\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
  const received: Buffer[] = []
  for await (const part of socket) received.push(part as Buffer)
  let rest = Buffer.concat(received)
  rest = rest.subarray(rest.indexOf('\r\n\r\n') + 4)
  const writes: Buffer[] = []
  for (;;) {
    const end = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.toString('latin1', 0, end), 16)
    if (!(size > 0)) return writes
    writes.push(rest.subarray(end + 2, end + 2 + size))
    rest = rest.subarray(end + 2 + size + 2)
  }
}

describe('silence', () => {
  it('is filled with comments between events, which break none of them', async () => {
    const [first, ...rest] = chatChunks()
    const half = `data: ${JSON.stringify(rest[0])}\n\n`
    upstream.reply({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [
        `data: ${JSON.stringify(first)}\n\n${half.slice(0, 20)}`,
        { delayMs: 250 },
        half.slice(20),
        ...rest.slice(1).map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`),
        'data: [DONE]\n\n',
      ],
    })
    const text = await stream({}, impatient)
    expect(text.split('\n\n').filter((event) => event === ': keepalive').length).toBeGreaterThan(1)
    expect(chunksOf(text)).toEqual(chatChunks())
  })

  it('before the status of the upstream lets 200 and a comment go', async () => {
    upstream.reply({
      ...sseReply(chatChunks()),
      chunks: [{ delayMs: 300 }, ...(sseReply(chatChunks()).chunks as string[])],
    })
    const response = await post({ stream: true }, impatient)
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text).toMatch(/^: keepalive\n\n/)
    expect(chunksOf(text)).toEqual(chatChunks())
  })

  it('and then a failure is one error event, no [DONE]', async () => {
    const reply = errorReply(404, 'no such model', 'model_not_found')
    upstream.reply({ ...reply, chunks: [{ delayMs: 300 }, ...(reply.chunks as string[])] })
    const response = await post({ stream: true }, impatient)
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text).toMatch(/^(: keepalive\n\n)+data: /)
    expect(dataOf(text)).toHaveLength(1)
    expect(JSON.parse(dataOf(text)[0]!)).toEqual({
      error: {
        message: 'no such model',
        // As the provider has it.
        type: 'invalid_request_error',
        param: null,
        code: 'model_not_found',
      },
    })
  })

  it('is nothing that a quick stream hears of', async () => {
    expect(await stream()).not.toMatch(/^:/m)
  })
})
