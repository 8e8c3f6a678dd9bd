import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from '@jest/globals'
import { AppError, type ToolProgress, type ToolResult } from '@tandem/schemas'
import {
  createToolsClient,
  verifyServiceToken,
  type ToolContext,
  type ToolsClient,
  type ToolsClientOptions,
} from './index.ts'

const secret = 'a-service-secret-of-some-forty-characters'
const claims = { sub: 'user-1', session: 's1', run: 'r1' }
const context: ToolContext = {
  owner: 'user-2',
  sessionId: 's2',
  runId: 'r2',
  callId: 'call-7',
  models: { baseUrl: 'http://127.0.0.1:10007/v1', token: 'models-token' },
}
const description = {
  name: 'echo',
  description: 'Says it again.',
  parameters: {
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
    additionalProperties: false,
  },
  traits: { readOnly: true, parallelSafe: true, idempotent: true, timeoutMs: 1000 },
  available: { ok: true },
}
const result: ToolResult = { content: 'hé', data: { a: 1 }, artifacts: [], citations: [] }

interface Received {
  url: string
  headers: IncomingMessage['headers']
  body: string
}
type Handler = (...args: Parameters<RequestListener>) => void
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** A tools server that lists `echo` and answers calls as the test says. */
async function start(
  onCall: Handler,
  { tool = description, ...options }: Partial<ToolsClientOptions> & { tool?: unknown } = {},
) {
  const received: Received[] = []
  const sockets = new Set<Socket>()
  const handle = async (...[req, res]: Parameters<RequestListener>): Promise<void> => {
    received.push({ url: req.url ?? '', headers: req.headers, body: await text(req) })
    if (req.method === 'POST') onCall(req, res)
    // Its own connection, so that none lies idle while a test stops the server.
    else res.setHeader('connection', 'close').end(JSON.stringify({ tools: [tool] }))
  }
  const server = createServer((req, res) => void handle(req, res)).listen(0, '127.0.0.1')
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = createToolsClient({ baseUrl: `http://127.0.0.1:${port}/`, secret, ...options })
  closers.push(
    () => stop(server),
    () => client.close(),
  )
  return { client, received, server, sockets, port }
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}

const never = new AbortController().signal

async function call(client: ToolsClient, signal = never) {
  const [tool] = await client.tools(claims, { signal: never })
  return drive(tool!.run({ text: 'hé' }, context, { signal }))
}

async function drive(running: AsyncGenerator<ToolProgress, ToolResult>) {
  const progress: ToolProgress[] = []
  for (;;) {
    const step = await running.next()
    if (step.done) return { progress, result: step.value }
    progress.push(step.value)
  }
}

const sse =
  (...events: string[]): Handler =>
  (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.end(events.join(''))
  }
const progressEvent = 'event: progress\ndata: {"message":"half","fraction":0.5}\n\n'
const resultEvent = `event: result\ndata: ${JSON.stringify(result)}\n\n`

describe('list', () => {
  test('gives the descriptions, asked for with a token that carries the claims', async () => {
    const { client, received } = await start(sse())
    expect(await client.list(claims, { signal: never })).toEqual([
      { ...description, source: 'builtin' },
    ])
    const [{ url, headers }] = received as [Received]
    expect(url).toBe('/tools')
    expect(verifyServiceToken(headers.authorization!.slice('Bearer '.length), secret)).toEqual(
      claims,
    )
  })

  test('throws tools_unavailable where nothing listens, or what answers is no tools server', async () => {
    const { client, server } = await start(sse(), { tool: { name: 'no description' } })
    const unavailable = expect.objectContaining({ code: 'tools_unavailable', status: 503 })
    await expect(client.list(claims, { signal: never })).rejects.toEqual(unavailable)
    await stop(server)
    await expect(client.list(claims, { signal: never })).rejects.toEqual(unavailable)
  })

  test('a refused token is our own fault and never shown as the caller’s 401', async () => {
    const refuse = createServer((_req, res) => res.writeHead(401).end('{"error":{}}'))
    await once(refuse.listen(0, '127.0.0.1'), 'listening')
    const { port } = refuse.address() as AddressInfo
    const client = createToolsClient({ baseUrl: `http://127.0.0.1:${port}`, secret })
    closers.push(
      () => stop(refuse),
      () => client.close(),
    )
    const listed = client.list(claims, { signal: never })
    await expect(listed).rejects.toMatchObject({ code: 'tools_unavailable' })
  })

  test('an abort is thrown as it is', async () => {
    const { client } = await start(sse())
    const signal = AbortSignal.abort(new AppError('cancelled'))
    await expect(client.list(claims, { signal })).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('tools', () => {
  test('have the shape of local tools and refuse arguments with the exact path', async () => {
    const { client } = await start(sse())
    const [tool] = await client.tools(claims, { signal: never })
    expect(tool).toMatchObject({ ...description, available: expect.any(Function) })
    expect(tool!.available()).toEqual({ ok: true })
    expect(tool!.parse({ text: 'hi' })).toEqual({ text: 'hi' })
    expect(() => tool!.parse({ text: 'hi', x: 1 })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'x' }),
    )
  })

  test('that are not available say why', async () => {
    const available = { ok: false, reason: 'No key.', remedy: 'Set KEY.' }
    const { client } = await start(sse(), { tool: { ...description, available } })
    const [tool] = await client.tools(claims, { signal: never })
    expect(tool!.available()).toEqual(available)
  })
})

describe('run', () => {
  test('yields progress and returns the result', async () => {
    const { client } = await start(sse(': ok\n\n', progressEvent, ': keepalive\n\n', resultEvent))
    expect(await call(client)).toEqual({ progress: [{ message: 'half', fraction: 0.5 }], result })
  })

  test('sends arguments, call id and models token; user, session and run only in the service token', async () => {
    const { client, received } = await start(sse(resultEvent))
    await call(client)
    const { url, headers, body } = received[1]!
    expect(url).toBe('/tools/echo')
    expect(headers.accept).toBe('text/event-stream')
    expect(JSON.parse(body)).toEqual({
      arguments: { text: 'hé' },
      call_id: 'call-7',
      models: { base_url: 'http://127.0.0.1:10007/v1', token: 'models-token' },
    })
    expect(verifyServiceToken(headers.authorization!.slice('Bearer '.length), secret)).toEqual({
      sub: 'user-2',
      session: 's2',
      run: 'r2',
    })
  })

  test('reads events whatever way their bytes are cut', async () => {
    const bytes = Buffer.from(`${progressEvent}${resultEvent}`)
    const { client } = await start((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      const drip = async (): Promise<void> => {
        for (const byte of bytes) {
          res.write(Buffer.of(byte))
          await new Promise((resolve) => setImmediate(resolve))
        }
        res.end()
      }
      void drip()
    })
    expect((await call(client)).result).toEqual(result)
  })

  test('uses its connections again', async () => {
    const { client, sockets } = await start(sse(progressEvent, resultEvent))
    for (let index = 0; index < 5; index += 1) await call(client)
    expect(sockets.size).toBe(1)
  })

  test('aborting midway throws the reason and closes the connection', async () => {
    const closed = Promise.withResolvers<void>()
    const { client } = await start((_req, res) => {
      res.once('close', () => closed.resolve())
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write(progressEvent)
    })
    const [tool] = await client.tools(claims, { signal: never })
    const controller = new AbortController()
    const running = tool!.run({ text: 'a' }, context, { signal: controller.signal })
    expect((await running.next()).value).toMatchObject({ message: 'half' })
    const next = running.next()
    controller.abort(new AppError('cancelled'))
    await expect(next).rejects.toMatchObject({ code: 'cancelled' })
    await closed.promise
  })

  test('leaving the loop closes the connection', async () => {
    const closed = Promise.withResolvers<void>()
    const { client } = await start((_req, res) => {
      res.once('close', () => closed.resolve())
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write(progressEvent)
    })
    const [tool] = await client.tools(claims, { signal: never })
    for await (const _ of tool!.run({ text: 'a' }, context, { signal: never })) break
    await closed.promise
  })
})

describe('a call that fails is a result, never a throw', () => {
  const unavailable = { code: 'tools_unavailable', retryable: true }

  test('where nothing listens, and works again once the server is back', async () => {
    const { client, server, port } = await start(sse(resultEvent))
    const [tool] = await client.tools(claims, { signal: never })
    const run = () => drive(tool!.run({ text: 'a' }, context, { signal: never }))
    await stop(server)
    expect((await run()).result.error).toEqual(unavailable)
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    expect((await run()).result).toEqual(result)
  })

  test.each<[string, Handler]>([
    ['breaks off before an answer', (_req, res) => res.destroy()],
    ['breaks off midway', (_req, res) => void res.write(progressEvent, () => res.destroy())],
    ['ends without a result', sse(progressEvent)],
    ['sends no JSON', sse('event: result\ndata: <html>\n\n')],
    ['sends no result', sse('event: result\ndata: {"text":"hi"}\n\n')],
    ['answers 502 with HTML', (_req, res) => res.writeHead(502).end('<html>')],
    ['never answers', () => undefined],
    ['falls silent', (_req, res) => void res.write(progressEvent)],
  ])('the server %s', async (_, handler) => {
    const { client } = await start(handler, { timeouts: { firstByte: 300, silence: 300 } })
    expect((await call(client)).result.error).toEqual(unavailable)
  })

  test('one that may have done its work is not worth repeating, one that never got there is', async () => {
    const tool = { ...description, traits: { ...description.traits, idempotent: false } }
    const { client, server } = await start((_req, res) => res.destroy(), { tool })
    const [remote] = await client.tools(claims, { signal: never })
    const run = () => drive(remote!.run({ text: 'a' }, context, { signal: never }))
    expect((await run()).result.error).toEqual({ ...unavailable, retryable: false })
    await stop(server)
    expect((await run()).result.error).toEqual(unavailable)
  })

  test.each([
    [400, 'invalid_request', false],
    [401, 'invalid_service_token', false],
    [404, 'tool_not_found', false],
    [429, 'rate_limit_exceeded', true],
    [503, 'server_shutting_down', true],
  ])('a refusal with %i keeps the code %s', async (status, code, retryable) => {
    const error = { message: `No: ${code}.`, type: 'x', param: null, code }
    const { client } = await start((_req, res) => {
      res.writeHead(status).end(JSON.stringify({ error }))
    })
    const { result } = await call(client)
    expect(result).toMatchObject({ content: `No: ${code}.`, error: { code, retryable } })
  })

  test('an error event ends a stream', async () => {
    const error = {
      message: 'Bye.',
      type: 'server_error',
      param: null,
      code: 'server_shutting_down',
    }
    const { client } = await start(sse(progressEvent, `data: ${JSON.stringify({ error })}\n\n`))
    const { result } = await call(client)
    expect(result.error).toEqual({ code: 'server_shutting_down', retryable: true })
  })
})
