import { connect } from 'node:net'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  chatCompletion,
  errorReply,
  jsonReply,
  sseReply,
  startFakeModelServer,
  usageOf,
  type FakeModelServer,
} from './index.ts'

/** Whatever came over the wire; the expectations check it. */
type Json = ReturnType<typeof JSON.parse>

let server: FakeModelServer

beforeEach(async () => {
  server = await startFakeModelServer({ models: ['fake-model', 'org/other'] })
})
afterEach(() => server.close())

function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(server.baseUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: signal ?? null,
  })
}

async function postJson(path: string, body: unknown): Promise<Json> {
  return (await post(path, body)).json()
}

const chat = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }

async function readAll(response: Response): Promise<{ chunks: string[]; error?: unknown }> {
  const chunks: string[] = []
  try {
    for await (const chunk of response.body!) chunks.push(Buffer.from(chunk).toString('latin1'))
  } catch (error) {
    return { chunks, error }
  }
  return { chunks }
}

/** The `data:` of each event but `[DONE]`, which must be the last. */
async function readEvents(response: Response): Promise<Json[]> {
  const frames = (await response.text()).split('\n\n')
  expect(frames.slice(-2)).toEqual(['data: [DONE]', ''])
  return frames.slice(0, -2).map((frame) => JSON.parse(frame.slice('data: '.length)))
}

describe('replies as exact bytes', () => {
  it('keeps chunk boundaries, also inside an event and inside a character', async () => {
    const smile = Buffer.from('😀')
    const chunks = ['data: {"a"', ':1}\n', '\nda', smile.subarray(0, 1), smile.subarray(1), 'x']
    server.reply({ chunks })
    const client = connect(server.port, '127.0.0.1').setEncoding('latin1')
    const segments: string[] = []
    client.on('data', (segment) => segments.push(String(segment)))
    client.write('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}')
    const entry = await server.received()
    await entry.ended
    while (!segments.at(-1)?.endsWith('0\r\n\r\n')) await once(client, 'data')
    const frames = chunks.map((chunk) => {
      const text = Buffer.from(chunk).toString('latin1')
      return `${text.length.toString(16)}\r\n${text}\r\n`
    })
    expect(segments.map((segment) => segment.replace(/^HTTP.*\r\n\r\n(?=a)/s, ''))).toEqual([
      ...frames,
      '0\r\n\r\n',
    ])
    expect(entry).toMatchObject({ aborted: false, bytesSent: 22 })
    client.destroy()
  })

  it('sends status and headers as scripted', async () => {
    server.reply({
      status: 429,
      headers: { 'retry-after': '7', 'content-type': 'text/html' },
      chunks: ['<h1>'],
    })
    const response = await post('/chat/completions', chat)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('7')
    expect(await response.text()).toBe('<h1>')
  })

  it('waits where it is told to, headers included', async () => {
    server.reply({ chunks: [{ delayMs: 60 }, 'a', { delayMs: 60 }, 'b'] })
    const start = performance.now()
    const response = await post('/chat/completions', chat)
    expect(performance.now() - start).toBeGreaterThan(50)
    expect(await response.text()).toBe('ab')
    expect(performance.now() - start).toBeGreaterThan(110)
  })

  it('sends headers alone for an empty chunk', async () => {
    server.reply({ chunks: ['', { hang: true }] })
    const leave = new AbortController()
    const response = await post('/chat/completions', chat, leave.signal)
    expect(response.status).toBe(200)
    leave.abort()
    await server.journal[0]!.closed
  })

  it('takes chunks from a generator', async () => {
    server.onRequest((request) => ({
      chunks: (async function* () {
        yield request.method
        yield Buffer.from(request.path)
      })(),
    }))
    expect(await (await post('/echo', {})).text()).toBe('POST/v1/echo')
  })

  it('writes raw bytes that are no HTTP at all', async () => {
    server.reply({ raw: true, chunks: ['SSH-2.0-OpenSSH_9.6\r\n'] })
    await expect(post('/chat/completions', chat)).rejects.toThrow('fetch failed')
    server.reply({ raw: true, chunks: ['HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhel', 'lo'] })
    expect(await (await post('/chat/completions', chat)).text()).toBe('hello')
  })
})

describe('faults', () => {
  it('resets before the first byte', async () => {
    server.reply({ chunks: [{ drop: true }] })
    const error: Json = await post('/chat/completions', chat).catch((error: unknown) => error)
    expect(error.cause.code).toBe('ECONNRESET')
    await server.journal[0]!.ended
    expect(server.journal[0]!.aborted).toBe(false)
  })

  it.each([true, 'fin'] as const)('breaks off in the middle (%s)', async (drop) => {
    server.reply({ chunks: ['data: {"half', { drop }] })
    const received = await readAll(await post('/chat/completions', chat))
    expect(received.chunks).toEqual(['data: {"half'])
    expect(received.error).toMatchObject({ message: 'terminated' })
    expect(server.openSockets()).toBe(0)
  })

  it('hangs until the client leaves, and sees it leave', async () => {
    server.reply({ chunks: [{ hang: true }] })
    const leave = new AbortController()
    const response = post('/chat/completions', chat, leave.signal).catch((error: unknown) => error)
    const entry = await server.received()
    expect(entry.aborted).toBe(false)
    leave.abort()
    await entry.closed
    expect(entry.aborted).toBe(true)
    expect(entry.abortedAt).toBeGreaterThan(entry.startedAt)
    expect(await response).toMatchObject({ name: 'AbortError' })
  })

  it('sees a client leave in the middle of a stream, and stops writing', async () => {
    server.reply({ chunks: ['one', { delayMs: 10_000 }, 'two'] })
    const leave = new AbortController()
    const response = await post('/chat/completions', chat, leave.signal)
    await response.body!.getReader().read()
    leave.abort()
    await server.journal[0]!.closed
    await server.journal[0]!.ended
    expect(server.journal[0]!.bytesSent).toBe(3)
  })

  it('sees a client leave while the handler is still thinking', async () => {
    const handler = Promise.withResolvers<undefined>()
    server.onRequest(() => handler.promise)
    const leave = new AbortController()
    const response = post('/chat/completions', chat, leave.signal).catch(() => {})
    const entry = await server.received()
    leave.abort()
    await response
    while (server.openSockets() > 0) await sleep(5)
    handler.resolve(undefined)
    await entry.closed
  })

  it('stops for a reader that stands still, and goes on when it reads', async () => {
    const chunk = Buffer.alloc(256 * 1024)
    server.reply({ chunks: Array.from({ length: 200 }, () => chunk) })
    const client = connect(server.port, '127.0.0.1')
    client.write('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}')
    client.pause()
    const entry = await server.received()
    let before = -1
    while (entry.bytesSent === 0 || before < entry.bytesSent) {
      before = entry.bytesSent
      await sleep(200)
    }
    expect(entry.bytesSent).toBeLessThan(200 * chunk.length)
    client.resume()
    await entry.ended
    expect(entry.bytesSent).toBe(200 * chunk.length)
    expect(entry.aborted).toBe(false)
    client.destroy()
  })

  it('dies when closed in the middle of an answer, and comes back on its port', async () => {
    server.reply({ chunks: ['data: ', { hang: true }] })
    const response = await post('/chat/completions', chat)
    await server.close()
    expect((await readAll(response)).error).toMatchObject({ message: 'terminated' })
    const refused: Json = await post('/chat/completions', chat).catch((error: unknown) => error)
    expect(refused.cause.code).toBe('ECONNREFUSED')
    server = await startFakeModelServer({ port: server.port })
    expect((await post('/chat/completions', chat)).status).toBe(200)
  })

  it('says that a script failed', async () => {
    server.onRequest(() => {
      throw new Error('broken script')
    })
    const response = await post('/chat/completions', chat)
    expect(response.status).toBe(599)
    expect(await response.text()).toContain('broken script')
  })
})

describe('the queue and the journal', () => {
  it('gives queued replies in order, then asks the handler, then answers by default', async () => {
    server.reply(jsonReply({ n: 1 }), errorReply(500, 'two', 'boom'))
    let asked = 0
    server.onRequest(() => (asked++ === 0 ? jsonReply({ n: 3 }) : undefined))
    expect(await postJson('/chat/completions', chat)).toEqual({ n: 1 })
    const second = await post('/chat/completions', chat)
    expect(second.status).toBe(500)
    expect(await second.json()).toEqual({
      error: { message: 'two', type: 'server_error', param: null, code: 'boom' },
    })
    expect(await postJson('/chat/completions', chat)).toEqual({ n: 3 })
    expect(await postJson('/chat/completions', chat)).toMatchObject({ object: 'chat.completion' })
  })

  it('does not spend the queue on a GET, but asks the handler', async () => {
    server.reply(jsonReply({ n: 1 }))
    expect(await (await fetch(`${server.baseUrl}/models`)).json()).toMatchObject({ object: 'list' })
    server.onRequest((request) => (request.method === 'GET' ? errorReply(503, 'down') : undefined))
    expect((await fetch(`${server.baseUrl}/models`)).status).toBe(503)
    expect(await postJson('/chat/completions', chat)).toEqual({ n: 1 })
  })

  it('keeps what it received, byte for byte', async () => {
    await post('/chat/completions?x=1', '{"model" : "é", "big": 12345678901234567890}')
    await post('/chat/completions', 'no json')
    expect(server.journal).toHaveLength(2)
    expect(server.journal[0]).toMatchObject({ method: 'POST', path: '/v1/chat/completions?x=1' })
    expect(server.journal[0]!.headers.authorization).toBe('Bearer k')
    expect(server.journal[0]!.body.toString()).toBe('{"model" : "é", "big": 12345678901234567890}')
    expect(server.journal[0]!.json).toMatchObject({ model: 'é' })
    expect(server.journal[1]!.json).toBeUndefined()
  })

  it('forgets all on reset', async () => {
    server.reply(jsonReply({ n: 1 }))
    server.onRequest(() => jsonReply({ n: 2 }))
    await post('/chat/completions', chat)
    server.reply(jsonReply({ n: 3 }))
    server.reset()
    expect(server.journal).toEqual([])
    expect(await postJson('/chat/completions', chat)).toMatchObject({ object: 'chat.completion' })
  })

  it('counts its sockets', async () => {
    expect(server.openSockets()).toBe(0)
    const client = connect(server.port, '127.0.0.1')
    await once(client, 'connect')
    await fetch(`${server.baseUrl}/models`, { headers: { connection: 'close' } }).then((r) =>
      r.text(),
    )
    expect(server.openSockets()).toBeGreaterThanOrEqual(1)
    client.destroy()
    while (server.openSockets() > 0) await sleep(5)
  })
})

describe('default replies', () => {
  it('completes a chat, with n choices', async () => {
    const body = await postJson('/chat/completions', { ...chat, n: 2 })
    expect(body.model).toBe('m')
    expect(body.choices.map((choice: Json) => choice.index)).toEqual([0, 1])
    expect(body.choices[1]).toMatchObject({ finish_reason: 'stop', message: { refusal: null } })
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens)
  })

  it.each([true, false])('streams a chat (include_usage %s)', async (include_usage) => {
    const body = { ...chat, n: 2, stream: true, stream_options: { include_usage } }
    const events = await readEvents(await post('/chat/completions', body))
    const chunks = include_usage ? events.slice(0, -1) : events
    for (const index of [0, 1]) {
      const choices = chunks.map((chunk) => chunk.choices[0]).filter((one) => one.index === index)
      expect(choices.map((one) => one.delta.content ?? '').join('')).toContain('fake model')
      expect(choices.filter((one) => one.delta.role === 'assistant')).toEqual([choices[0]])
      expect(choices.filter((one) => one.finish_reason !== null)).toEqual([choices.at(-1)])
    }
    expect(chunks.every((chunk) => chunk.usage === (include_usage ? null : undefined))).toBe(true)
    if (include_usage)
      expect(events.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 9 } })
  })

  it('completes a prompt, whole and streamed', async () => {
    const whole = await postJson('/completions', { model: 'm', prompt: ['a', 'b'], n: 2 })
    expect(whole.object).toBe('text_completion')
    expect(whole.choices.map((choice: Json) => choice.index)).toEqual([0, 1, 2, 3])
    const options = { stream: true, stream_options: { include_usage: true } }
    const events = await readEvents(await post('/completions', { prompt: [1, 2], ...options }))
    expect(events.map((event) => event.choices[0]?.text ?? '').join('')).toBe(whole.choices[0].text)
    expect(events.at(-2).choices[0].finish_reason).toBe('stop')
    expect(events.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
  })

  it('embeds as floats and as base64, with the dimensions asked for', async () => {
    const input = ['a', 'b']
    const floats = await postJson('/embeddings', { model: 'm', input, dimensions: 5 })
    const base64 = await postJson('/embeddings', {
      input,
      dimensions: 5,
      encoding_format: 'base64',
    })
    expect(floats.data.map((one: Json) => one.embedding.length)).toEqual([5, 5])
    expect(floats.data[0].embedding).not.toEqual(floats.data[1].embedding)
    expect(Math.hypot(...floats.data[0].embedding)).toBeCloseTo(1)
    const bytes = Buffer.from(base64.data[1].embedding, 'base64')
    expect([0, 4, 8, 12, 16].map((at) => bytes.readFloatLE(at))).toEqual(floats.data[1].embedding)
    expect((await postJson('/embeddings', { input: [1, 2, 3] })).data).toHaveLength(1)
    expect((await postJson('/embeddings', { input: [[1], [2]] })).data).toHaveLength(2)
  })

  it('lists its models and finds one, also with a slash', async () => {
    const list: Json = await (await fetch(`${server.baseUrl}/models`)).json()
    expect(list.data.map((model: Json) => model.id)).toEqual(['fake-model', 'org/other'])
    for (const id of ['org/other', 'org%2Fother']) {
      expect(await (await fetch(`${server.baseUrl}/models/${id}`)).json()).toEqual(list.data[1])
    }
    expect((await fetch(`${server.baseUrl}/models/none`)).status).toBe(404)
  })

  it('refuses what it does not know', async () => {
    expect((await post('/nothing', {})).status).toBe(404)
    expect((await post('/chat/completions', '[')).status).toBe(400)
    expect((await fetch(`${server.baseUrl}/models`, { method: 'DELETE' })).status).toBe(404)
  })
})

describe('shapes', () => {
  it('writes tool calls whole and streamed', async () => {
    const toolCalls = [
      { id: 'call_a', name: 'get_weather', arguments: { city: 'Paris' } },
      { name: 'get_time', arguments: '{}' },
    ]
    const whole: Json = chatCompletion({ toolCalls })
    expect(whole.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null },
    })
    server.reply(sseReply(chatChunks({ toolCalls, usage: usageOf(3, 4) })))
    const events = await readEvents(await post('/chat/completions', chat))
    const deltas = events.flatMap((event) => event.choices[0]?.delta.tool_calls ?? [])
    const joined = toolCalls.map((_, index) => {
      const mine = deltas.filter((delta) => delta.index === index)
      const text = mine.map((delta) => delta.function.arguments).join('')
      return { ...mine[0], function: { ...mine[0].function, arguments: text } }
    })
    expect(joined).toEqual(
      whole.choices[0].message.tool_calls.map((call: Json, index: number) => ({ index, ...call })),
    )
    expect(events.at(-1).usage.total_tokens).toBe(7)
  })

  it('writes strings as they stand and leaves out [DONE] when told to', async () => {
    server.reply(sseReply([': hi\n\n', { a: 1 }], { done: false, delayMs: 1 }))
    const response = await post('/chat/completions', chat)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await response.text()).toBe(': hi\n\ndata: {"a":1}\n\n')
  })
})
