import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  chatCompletion,
  errorReply,
  fixtureReply,
  jsonReply,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
  type Reply,
} from '@tandem/testing'
import { expectErrorBody, expectWholeEvents } from './support/read-error.ts'
import { startGateway, type Gateway } from './support/start-gateway.ts'

/** The gateway's key for the upstream: these upstreams say it wherever they can. */
const secret = 'planted.secret.9f8e7d6c5b4a'
const patienceMs = 5000

let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({
    env: {
      PRIVATE_CLOUD_ENDPOINT: upstream.baseUrl,
      PRIVATE_CLOUD_API_KEY: secret,
      LMSTUDIO_BASE_URL: `http://127.0.0.1:${await closedPort()}`,
      UPSTREAM_CONNECT_TIMEOUT: '1',
      UPSTREAM_FIRST_BYTE_TIMEOUT: '0.3',
      UPSTREAM_SILENCE_TIMEOUT: '0.25',
      UPSTREAM_TOTAL_TIMEOUT: '0.6',
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => {
  upstream.reset()
  gateway.logs.length = 0
})

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface Answer {
  status: number
  headers: Headers
  text: string
}

/** One exchange, never longer than the patience; whatever comes of it must not show the upstream's key. */
async function ask(stream: boolean, model = 'private/m'): Promise<Answer> {
  const response = await gateway.post(
    '/v1/chat/completions',
    { model, stream, messages: [{ role: 'user', content: 'Hello' }] },
    { signal: AbortSignal.timeout(patienceMs) },
  )
  const answer = {
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  }
  await logged()
  const seen = JSON.stringify([answer.text, [...answer.headers], gateway.logs])
  expect(seen).not.toContain(secret)
  return answer
}

/** The request's line is written when the response has closed, a moment after it was read. */
async function logged(): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!gateway.logs.some(({ msg }) => msg === 'request') && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

const html = { 'content-type': 'text/html' }
const sse = { 'content-type': 'text/event-stream' }
const complain = (status: number, headers: Record<string, string> = {}): Reply =>
  jsonReply(
    { error: { message: `No: ${secret}`, type: 'x', param: null, code: status, key: secret } },
    { status, headers: { 'x-key': secret, ...headers } },
  )
const page = (status: number): Reply => ({
  status,
  headers: html,
  chunks: [`<html><body>Nginx says ${status} for ${secret}</body></html>`],
})
const whole = JSON.stringify(chatCompletion())

interface Fault {
  name: string
  reply: Reply
  status: number
  code: string
  /** Money was spent: clients must not try again by themselves. */
  spent?: boolean
  retryAfter?: (seconds: number) => boolean
}

const beforeTheAnswer: Fault[] = [
  {
    name: 'reset before the head',
    reply: { chunks: [{ drop: true }] },
    status: 502,
    code: 'upstream_interrupted',
  },
  {
    name: 'closed before the head',
    reply: { chunks: [{ drop: 'fin' }] },
    status: 502,
    code: 'upstream_interrupted',
  },
  { name: '400', reply: complain(400), status: 400, code: 'invalid_request' },
  {
    name: '400 with a code',
    reply: errorReply(400, 'Bad temperature', 'invalid_value'),
    status: 400,
    code: 'invalid_value',
  },
  { name: '400 HTML', reply: page(400), status: 502, code: 'upstream_invalid_response' },
  {
    name: '401',
    reply: complain(401, { 'www-authenticate': `Bearer ${secret}` }),
    status: 502,
    code: 'upstream_credentials',
  },
  {
    name: "401 in OpenAI's words",
    reply: fixtureReply('openai-bad-key.json'),
    status: 502,
    code: 'upstream_credentials',
  },
  { name: '402', reply: complain(402), status: 502, code: 'upstream_credentials' },
  { name: '403', reply: complain(403), status: 502, code: 'upstream_credentials' },
  { name: '404 JSON', reply: complain(404), status: 404, code: 'model_not_found' },
  {
    name: '404 of Ollama',
    reply: fixtureReply('ollama-unknown-model.json'),
    status: 404,
    code: 'model_not_found',
  },
  { name: '404 HTML', reply: page(404), status: 502, code: 'upstream_invalid_response' },
  {
    name: '404 empty',
    reply: { status: 404, chunks: [] },
    status: 502,
    code: 'upstream_invalid_response',
  },
  { name: '408', reply: complain(408), status: 504, code: 'upstream_timeout' },
  { name: '422', reply: complain(422), status: 422, code: 'invalid_request' },
  {
    name: '422 of FastAPI',
    reply: jsonReply(
      { detail: [{ loc: ['body', 'n'], msg: `Input should be valid ${secret}`, type: 'int' }] },
      { status: 422 },
    ),
    status: 422,
    code: 'invalid_request',
  },
  {
    name: '429 in seconds',
    reply: complain(429, { 'retry-after': '7' }),
    status: 429,
    code: 'rate_limit_exceeded',
    retryAfter: (s) => s === 7,
  },
  {
    name: '429 until a date',
    reply: complain(429, { 'retry-after': new Date(Date.now() + 120_000).toUTCString() }),
    status: 429,
    code: 'rate_limit_exceeded',
    retryAfter: (s) => s > 60 && s <= 120,
  },
  { name: '429 HTML', reply: page(429), status: 429, code: 'rate_limit_exceeded' },
  {
    name: '429 of OpenAI',
    reply: fixtureReply('openai-quota.json'),
    status: 429,
    code: 'insufficient_quota',
  },
  { name: '500', reply: complain(500), status: 502, code: 'upstream_error' },
  { name: '500 HTML', reply: page(500), status: 502, code: 'upstream_error' },
  {
    name: '503',
    reply: complain(503, { 'retry-after': '3' }),
    status: 502,
    code: 'upstream_error',
    retryAfter: (s) => s === 3,
  },
  { name: '504', reply: page(504), status: 504, code: 'upstream_timeout' },
  { name: '529', reply: complain(529), status: 502, code: 'upstream_error' },
  {
    name: '302',
    reply: { status: 302, headers: { location: `http://127.0.0.1:1/${secret}` }, chunks: [] },
    status: 502,
    code: 'upstream_invalid_response',
  },
  { name: 'HTML with 200', reply: page(200), status: 502, code: 'upstream_invalid_response' },
  {
    name: 'garbage with 200',
    reply: { chunks: [Buffer.from([0, 255, 1, 254]), secret] },
    status: 502,
    code: 'upstream_invalid_response',
  },
  {
    name: 'nothing with 200',
    reply: { chunks: [] },
    status: 502,
    code: 'upstream_invalid_response',
  },
  { name: 'an error with 200', reply: complain(200), status: 502, code: 'upstream_error' },
  {
    name: 'an indented error with 200',
    reply: { chunks: [`{\n  "error": {"message": "No: ${secret}", "code": 500}\n}`] },
    status: 502,
    code: 'upstream_error',
  },
  {
    name: "OpenRouter's 429 with 200",
    reply: jsonReply({ error: { message: 'Slow down', code: 429 } }),
    status: 429,
    code: 'rate_limit_exceeded',
  },
  {
    name: "LM Studio's unknown endpoint with 200",
    reply: fixtureReply('lmstudio-unknown-endpoint.json'),
    status: 502,
    code: 'upstream_error',
  },
  {
    name: 'no HTTP',
    reply: { raw: true, chunks: [`${secret} is not HTTP\r\n\r\n`] },
    status: 502,
    code: 'upstream_invalid_response',
  },
  {
    name: 'a slow head',
    reply: { chunks: [{ delayMs: 3000 }, whole] },
    status: 504,
    code: 'upstream_timeout',
  },
]

const overflows: [string, Reply][] = [
  ['llama.cpp', fixtureReply('llamacpp-context-overflow.json')],
  ['LM Studio', fixtureReply('lmstudio-context-overflow.json')],
  ['OpenAI', fixtureReply('openai-context-overflow.json')],
  ['Ollama', errorReply(400, 'the input length exceeds the context length')],
  [
    'vLLM',
    jsonReply(
      {
        object: 'error',
        message:
          "This model's maximum context length is 4096 tokens. However, you requested 5120 tokens (5000 in the messages, 120 in the completion).",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
      { status: 400 },
    ),
  ],
  [
    'vLLM, newer',
    errorReply(
      400,
      'The decoder prompt (length 5120) is longer than the maximum model length of 4096.',
    ),
  ],
  [
    'OpenRouter',
    jsonReply(
      {
        error: {
          message:
            "This endpoint's maximum context length is 65536 tokens. However, you requested about 70012 tokens (70000 of text input, 12 in the output).",
          code: 400,
          metadata: { provider_name: null },
        },
        user_id: 'user_1',
      },
      { status: 400 },
    ),
  ],
  [
    'Anthropic behind a proxy',
    errorReply(400, 'prompt is too long: 205000 tokens > 200000 maximum'),
  ],
]

describe.each([
  { how: 'streamed', stream: true },
  { how: 'not streamed', stream: false },
])('an upstream fault before the answer, $how', ({ stream }) => {
  it('refused', async () => {
    const { status, text } = await ask(stream, 'lmstudio/m')
    expect(status).toBe(502)
    expect(expectErrorBody(text).code).toBe('upstream_unreachable')
  })

  it.each(beforeTheAnswer)('$name', async ({ reply, status, code, spent, retryAfter }) => {
    // Twice, for a kept connection that is closed without an answer is no fault yet.
    upstream.reply(reply, reply)
    const answer = await ask(stream)
    expect({ status: answer.status, code: expectErrorBody(answer.text).code }).toEqual({
      status,
      code,
    })
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(answer.headers.get('x-should-retry')).toBe(spent ? 'false' : null)
    const seconds = answer.headers.get('retry-after')
    if (retryAfter) expect(retryAfter(Number(seconds))).toBe(true)
    else expect(seconds).toBeNull()
  })

  it.each(overflows)('a prompt too long for %s is a 400 that says so', async (_name, reply) => {
    upstream.reply(reply)
    const { status, text } = await ask(stream)
    expect(status).toBe(400)
    expect(expectErrorBody(text)).toMatchObject({
      code: 'context_length_exceeded',
      type: 'invalid_request_error',
    })
  })

  it('answers well after all of that', async () => {
    expect((await ask(stream)).status).toBe(200)
  })
})

const jsonHead = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const cutJson: Fault[] = [
  {
    name: 'reset in the middle',
    reply: { chunks: [whole.slice(0, 40), { drop: true }] },
    status: 502,
    code: 'upstream_interrupted',
    spent: true,
  },
  {
    name: 'closed before the declared length',
    reply: { raw: true, chunks: [`${jsonHead}content-length: 9999\r\n\r\n${whole}`] },
    status: 502,
    code: 'upstream_interrupted',
    spent: true,
  },
  {
    name: 'ended in order, but too soon',
    reply: { chunks: [whole.slice(0, 40)] },
    status: 502,
    code: 'upstream_invalid_response',
  },
  {
    name: 'ended by closing, behind an inner brace',
    reply: { raw: true, chunks: [`${jsonHead}\r\n{"choices":[{"index":0}`] },
    status: 502,
    code: 'upstream_invalid_response',
  },
  {
    name: 'silence in the middle',
    reply: { chunks: [whole.slice(0, 40), { hang: true }] },
    status: 504,
    code: 'upstream_timeout',
    spent: true,
  },
  {
    name: 'too slow in all',
    reply: { chunks: trickle(whole.split('')) },
    status: 504,
    code: 'upstream_timeout',
    spent: true,
  },
]

function trickle(writes: readonly string[]): Reply['chunks'] {
  return writes.flatMap((write) => [write, { delayMs: 50 }])
}

describe('a JSON answer that is cut', () => {
  it.each(cutJson)('$name', async ({ reply, status, code, spent }) => {
    upstream.reply(reply)
    const answer = await ask(false)
    expect({ status: answer.status, code: expectErrorBody(answer.text).code }).toEqual({
      status,
      code,
    })
    if (spent) expect(answer.headers.get('x-should-retry')).toBe('false')
  })
})

/** What is told where the upstream always answers so. */
async function message(reply: Reply, stream = false, model = 'private/m'): Promise<string> {
  upstream.onRequest(({ method }) => (method === 'POST' ? reply : undefined))
  const { text } = await ask(stream, model)
  const [last = text] = expectWholeEvents(stream ? text : '').slice(-1)
  return expectErrorBody(last).message
}

describe('how an answer was cut is told apart', () => {
  const sseHead = { 'content-type': 'text/event-stream' }
  const event = `data: ${JSON.stringify(chatChunks()[0])}\n\n`

  it('nothing came', async () => {
    const told = "The model provider 'private' closed the connection without an answer. Try again."
    expect(await message({ chunks: [{ drop: true }] })).toBe(told)
  })

  it('the connection broke', async () => {
    const told =
      "The model provider 'private' broke its answer off. What came of it is incomplete; try again."
    expect(await message({ chunks: [whole.slice(0, -3), { drop: true }] })).toBe(told)
    const stream = { headers: sseHead, chunks: [event, { delayMs: 20 }, { drop: true as const }] }
    expect(await message(stream, true)).toBe(told)
  })

  it('JSON that does not end: its sender is well, but the answer is not', async () => {
    const told =
      "The model provider 'private' cut its answer off: the JSON does not end. Try again."
    expect(await message({ chunks: [whole.slice(0, -3)] })).toBe(told)
    expect(await message({ raw: true, chunks: [`${jsonHead}\r\n${whole.slice(0, -3)}`] })).toBe(
      told,
    )
  })

  it.each([
    ['streamed', true, 'private/m'],
    ['of an agent, not streamed', false, 'react/private/m'],
  ])('an event that does not end, %s', async (_name, stream, model) => {
    const reply = { headers: sseHead, chunks: [event, event.slice(0, 60)] }
    expect(await message(reply, stream, model)).toBe(
      "The model provider 'private' broke its answer off in the middle of an event. What came of it is incomplete; try again.",
    )
  })

  it('no answer of the kind at all', async () => {
    expect(await message(page(200))).toMatch(/no valid answer\. Check that its base URL/)
  })
})

const frames = chatChunks({ content: 'Ein Preis von 5 € für alle' }).map(
  (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
)
const euro = frames.findIndex((frame) => frame.includes('€'))
const euroFrame = Buffer.from(frames[euro]!)
const finished = frames.length
const streamOf = (...chunks: readonly (string | Buffer | object)[]): Reply => ({
  headers: sse,
  chunks: chunks as Reply['chunks'],
})
const closeDelimited = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n'

interface Cut {
  name: string
  reply: Reply
  /** How many of the frames come first, whole. */
  keeps: number
  code: string
}

const drops = [
  { how: 'reset', end: { drop: true } },
  { how: 'closed', end: { drop: 'fin' } },
  { how: 'ended in order', end: '' },
] as const

const cuts: Cut[] = [
  ...drops.flatMap(({ how, end }): Cut[] => [
    {
      name: `${how} between events`,
      reply: streamOf(...frames.slice(0, 4), end),
      keeps: 4,
      code: 'upstream_interrupted',
    },
    {
      name: `${how} in the middle of an event`,
      reply: streamOf(...frames.slice(0, 4), frames[4]!.slice(0, 60), end),
      keeps: 4,
      code: 'upstream_interrupted',
    },
    {
      name: `${how} in the middle of a UTF-8 character`,
      reply: streamOf(
        ...frames.slice(0, euro),
        euroFrame.subarray(0, euroFrame.indexOf('€') + 1),
        end,
      ),
      keeps: euro,
      code: 'upstream_interrupted',
    },
  ]),
  {
    name: 'reset after finish_reason, before [DONE]',
    reply: streamOf(...frames, { drop: true }),
    keeps: finished,
    code: 'upstream_interrupted',
  },
  {
    name: 'close-delimited, without a terminal event',
    reply: { raw: true, chunks: [closeDelimited, ...frames.slice(0, 4)] },
    keeps: 4,
    code: 'upstream_interrupted',
  },
  {
    name: 'silence in the middle',
    reply: streamOf(...frames.slice(0, 4), { hang: true }),
    keeps: 4,
    code: 'upstream_timeout',
  },
  {
    name: 'no valid chunked encoding',
    reply: {
      raw: true,
      chunks: [
        `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${frames[0]!.length.toString(16)}\r\n${frames[0]}\r\n`,
        { delayMs: 20 },
        `${secret}\r\n`,
      ],
    },
    keeps: 1,
    code: 'upstream_invalid_response',
  },
  {
    name: 'a JSON error event with a numeric code and a [DONE] after it',
    reply: streamOf(
      ...frames.slice(0, 4),
      `data: {"error":{"code":500,"message":"Out of memory ${secret}"}}\n\n`,
      'data: [DONE]\n\n',
    ),
    keeps: 4,
    code: 'upstream_error',
  },
  {
    name: 'an error in one write with what comes before and after',
    reply: streamOf(
      `${frames.slice(0, 4).join('')}data: {"error": {"message": "No ${secret}"}}\n\ndata: [DONE]\n\n`,
    ),
    keeps: 4,
    code: 'upstream_error',
  },
  {
    name: "OpenRouter's error inside a chunk",
    reply: streamOf(
      ...frames.slice(0, 4),
      `data: ${JSON.stringify({ ...chatChunks()[0], error: { code: 502, message: 'Provider disconnected' }, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] })}\n\n`,
    ),
    keeps: 4,
    code: 'upstream_error',
  },
]

describe('a stream that breaks off', () => {
  it.each(cuts)('$name', async ({ reply, keeps, code }) => {
    upstream.reply(reply)
    const { status, headers, text } = await ask(true)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const kept = frames.slice(0, keeps).join('')
    expect(text.slice(0, kept.length)).toBe(kept)
    const rest = expectWholeEvents(text.slice(kept.length))
    expect(rest).toHaveLength(1)
    expect(expectErrorBody(rest[0]!).code).toBe(code)
  })

  it('total time is over', async () => {
    upstream.reply({ headers: sse, chunks: trickle(Array.from({ length: 60 }, () => frames[1]!)) })
    const { text } = await ask(true)
    const events = expectWholeEvents(text)
    expect(events.length).toBeGreaterThan(3)
    expect(expectErrorBody(events.at(-1)!).code).toBe('upstream_timeout')
  })

  it.each([
    { name: 'llamacpp-error.sse', keeps: 2 },
    { name: 'lmstudio-error.sse', keeps: 2 },
  ] as const)('an error event as in $name', async ({ name, keeps }) => {
    upstream.reply(fixtureReply(name))
    const { text } = await ask(true)
    const events = expectWholeEvents(text)
    expect(events).toHaveLength(keeps + 1)
    expect(expectErrorBody(events.at(-1)!).type).toMatch(/server_error|invalid_request_error/)
    expect(text).not.toContain('event: error')
  })

  it.each([
    {
      name: 'reset',
      reply: streamOf('', { delayMs: 20 }, { drop: true }),
      status: 502,
      code: 'upstream_interrupted',
      spent: true,
    },
    { name: 'ended', reply: streamOf(''), status: 502, code: 'upstream_interrupted', spent: true },
    {
      name: 'reset in the first event',
      reply: streamOf(frames[0]!.slice(0, 30), { delayMs: 20 }, { drop: true }),
      status: 502,
      code: 'upstream_interrupted',
      spent: true,
    },
    {
      name: 'silence in the first event',
      reply: streamOf(frames[0]!.slice(0, 30), { hang: true }),
      status: 504,
      code: 'upstream_timeout',
      spent: true,
    },
    {
      name: 'a head and no byte',
      reply: streamOf('', { hang: true }),
      status: 504,
      code: 'upstream_timeout',
      spent: true,
    },
    {
      name: 'an error as the first event',
      reply: sseReply([{ error: { message: `No ${secret}`, code: 500 } }]),
      status: 502,
      code: 'upstream_error',
    },
    {
      name: 'an error 429 as the first event',
      reply: sseReply([{ error: { message: 'Slow down', code: 429 } }]),
      status: 429,
      code: 'rate_limit_exceeded',
    },
    {
      name: 'a JSON answer instead of a stream',
      reply: jsonReply(chatCompletion({ content: secret })),
      status: 502,
      code: 'upstream_invalid_response',
    },
  ])('before the first byte it is a real status: $name', async ({ reply, status, code, spent }) => {
    upstream.reply(reply)
    const answer = await ask(true)
    expect({ status: answer.status, code: expectErrorBody(answer.text).code }).toEqual({
      status,
      code,
    })
    if (spent) expect(answer.headers.get('x-should-retry')).toBe('false')
  })

  it('that finished but forgot [DONE] is well', async () => {
    upstream.reply(streamOf(...frames))
    const { text } = await ask(true)
    expect(text).toBe(`${frames.join('')}data: [DONE]\n\n`)
  })

  it('that forgot the last blank line is well', async () => {
    upstream.reply(streamOf(...frames, 'data: [DONE]'))
    const { text } = await ask(true)
    expect(text).toBe(`${frames.join('')}data: [DONE]\n\n`)
  })
})

it("the upstream sees its own key and never the caller's", async () => {
  await ask(true)
  expect(upstream.journal.at(-1)?.headers.authorization).toBe(`Bearer ${secret}`)
  expect(JSON.stringify(upstream.journal.at(-1)?.headers)).not.toContain(
    gateway.headers['authorization'],
  )
})
