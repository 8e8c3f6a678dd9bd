import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  chatCompletion,
  startFakeModelServer,
  type FakeModelServer,
  type JournalEntry,
  type Reply,
} from '@tandem/testing'
import { spawnGateway, type GatewayProcess } from './support/spawn-gateway.ts'
import { apiKey, startGateway, type Gateway } from './support/start-gateway.ts'
import { waitUntil } from './support/wait-until.ts'

let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => {
  upstream.reset()
  gateway.logs.length = 0
})
afterEach(async () => waitUntil(() => gateway.deps.open.count() === 0))

const messages = [{ role: 'user', content: 'Hello' }]
const sse = { 'content-type': 'text/event-stream' }
const frames = chatChunks().map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
const endless: Reply = { headers: sse, chunks: [frames[0]!, frames[1]!, { hang: true }] }

/** A request as bytes; HTTP/1.0 is answered without chunk framing, and the connection ends with the answer. */
function rawRequest(body: object, version = '1.1'): string {
  const text = JSON.stringify(body)
  return [
    `POST /v1/chat/completions HTTP/${version}`,
    'host: gateway',
    `authorization: Bearer ${apiKey}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    '',
    text,
  ].join('\r\n')
}

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

describe('a client that leaves is seen by the upstream within 250 ms', () => {
  const cases = [
    { name: 'while it streams', stream: true, reply: endless, reads: true },
    {
      name: 'while it waits for the head of a stream',
      stream: true,
      reply: { chunks: [{ hang: true }] },
    },
    {
      name: 'while it waits for the head of an answer',
      stream: false,
      reply: { chunks: [{ hang: true }] },
    },
    {
      name: 'while its answer comes',
      stream: false,
      reply: { chunks: [JSON.stringify(chatCompletion()).slice(0, 30), { hang: true }] },
    },
  ] satisfies { name: string; stream: boolean; reply: Reply; reads?: boolean }[]

  async function leave({ stream, reply, reads }: (typeof cases)[number]): Promise<number> {
    upstream.reset()
    upstream.reply(reply)
    const controller = new AbortController()
    const asked = gateway.post(
      '/v1/chat/completions',
      { model: 'lmstudio/m', stream, messages },
      { signal: controller.signal },
    )
    asked.catch(() => {})
    const entry = await upstream.received()
    if (reads) await (await asked).body?.getReader().read()
    else await sleep(20)
    const left = performance.now()
    controller.abort()
    await entry.closed
    return entry.abortedAt! - left
  }

  // The best of three: a busy machine may delay any one of them.
  it.each(cases)('$name', async (one) => {
    const delays = [await leave(one), await leave(one), await leave(one)]
    expect(Math.min(...delays)).toBeLessThan(250)
    await waitUntil(() => gateway.logs.filter(({ msg }) => msg === 'request').length === 3)
    expect(gateway.logs.filter(({ level }) => Number(level) >= 50)).toEqual([])
    expect(gateway.logs.at(-1)).toMatchObject({ closedEarly: true })
  })

  it('while it uploads: the upstream hears nothing of it', async () => {
    const socket = await open(gateway.url)
    socket.write(
      rawRequest({ model: 'lmstudio/m', messages }).replace(
        /content-length: \d+/,
        'content-length: 1000000',
      ),
    )
    await waitUntil(() => gateway.deps.open.count() === 1)
    socket.destroy()
    await waitUntil(() => gateway.deps.open.count() === 0)
    await waitUntil(() => gateway.logs.some(({ closedEarly }) => closedEarly === true))
    expect(upstream.journal).toEqual([])
  })

  it('while its gzipped upload comes', async () => {
    const socket = await open(gateway.url)
    const head = rawRequest({}).replace(
      /content-length: \d+/,
      'content-length: 1000000\r\ncontent-encoding: gzip',
    )
    socket.write(head.slice(0, -2))
    await waitUntil(() => gateway.deps.open.count() === 1)
    socket.destroy()
    await waitUntil(() => gateway.deps.open.count() === 0)
    expect((await gateway.get('/healthz')).status).toBe(200)
  })
})

describe('pipelined requests', () => {
  it('are answered in their order', async () => {
    upstream.onRequest(({ json }) => ({
      headers: { 'content-type': 'application/json' },
      chunks: [
        { delayMs: (json as { wait: number }).wait },
        JSON.stringify(chatCompletion({ content: `waited ${(json as { wait: number }).wait}` })),
      ],
    }))
    const socket = await open(gateway.url)
    let text = ''
    socket.on('data', (data) => (text += String(data)))
    socket.write(
      [60, 0, 20].map((wait) => rawRequest({ model: 'lmstudio/m', messages, wait })).join(''),
    )
    await waitUntil(() => text.includes('waited 20'))
    expect(text.match(/waited \d+/g)).toEqual(['waited 60', 'waited 0', 'waited 20'])
    socket.destroy()
  })

  it('are all given up when their client leaves', async () => {
    upstream.reply(endless, endless, endless)
    const socket = await open(gateway.url)
    socket.write(rawRequest({ model: 'lmstudio/m', messages, stream: true }).repeat(3))
    await upstream.received(2)
    socket.destroy()
    await Promise.all(upstream.journal.map(({ closed }) => closed))
    expect(upstream.journal).toHaveLength(3)
  })
})

/** Waits until nothing moved for longer than the upstream may be silent; the highest memory that was seen. */
async function stalled(entry: JournalEntry, { memory }: GatewayProcess): Promise<number> {
  let peak = memory()
  let seen = entry.bytesSent
  let since = performance.now()
  while (performance.now() - since < 1500) {
    await sleep(20)
    peak = Math.max(peak, memory())
    if (entry.bytesSent === seen) continue
    seen = entry.bytesSent
    since = performance.now()
  }
  return peak
}

describe('the gateway as a process', () => {
  let server: GatewayProcess

  beforeAll(async () => {
    server = await spawnGateway({
      LMSTUDIO_BASE_URL: upstream.baseUrl,
      UPSTREAM_SILENCE_TIMEOUT: '1',
    })
  })
  afterAll(async () => server.close())

  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }

  const ask = (): Promise<Response> =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: 'lmstudio/m', messages }),
    })

  /** It starts with the first usage that is written, and takes memory and files of its own. */
  async function databaseThreadRuns(): Promise<void> {
    for (let written = 0; written === 0;) {
      const response = await fetch(`${server.url}/api/usage`, { headers })
      const { totals } = (await response.json()) as { totals: { requests: number } }
      written = totals.requests
    }
  }

  const block =
    `data: ${JSON.stringify({ ...chatChunks()[1], padding: 'x'.repeat(800) })}\n\n`.repeat(64)
  async function* blocks(count: number): AsyncGenerator<string> {
    for (let sent = 0; sent < count; sent += 1) yield block
    yield `${frames.at(-1)}data: [DONE]\n\n`
  }
  const lengthOf = (count: number): number =>
    count * block.length + frames.at(-1)!.length + 'data: [DONE]\n\n'.length

  interface Reader {
    socket: Socket
    /** Bytes of the answer's body so far. */
    bytes(): number
    ended: Promise<unknown>
  }

  async function read(count: number): Promise<Reader> {
    upstream.reset()
    upstream.reply({ headers: sse, chunks: blocks(count) })
    const socket = await open(server.url)
    let bytes = 0
    let head: string | undefined = ''
    socket.on('data', (data) => {
      if (head === undefined) bytes += data.length
      else {
        head += data.toString('latin1')
        const end = head.indexOf('\r\n\r\n')
        if (end < 0) return
        bytes += head.length - end - 4
        head = undefined
      }
    })
    const ended = once(socket, 'close')
    const stream_options = { include_usage: true }
    socket.write(rawRequest({ model: 'lmstudio/m', messages, stream: true, stream_options }, '1.0'))
    return { socket, bytes: () => bytes, ended }
  }

  it('a reader that stalls stops the upstream, memory stays, and all arrives when it reads on', async () => {
    const count = Math.ceil((200 * 2 ** 20) / block.length)
    await (await ask()).text()
    await databaseThreadRuns()
    const warmUp = await read(count)
    await warmUp.ended
    expect(warmUp.bytes()).toBe(lengthOf(count))

    const before = server.memory()
    const reader = await read(count)
    // At once, for a fast gateway moves megabytes between two looks.
    await once(reader.socket, 'data')
    reader.socket.pause()
    const entry = await upstream.received()
    const peak = await stalled(entry, server)
    expect(peak - before).toBeLessThan(10 * 2 ** 20)
    expect(entry.bytesSent).toBeLessThan(40 * 2 ** 20)
    expect(entry.aborted).toBe(false)

    reader.socket.resume()
    await reader.ended
    expect(reader.bytes()).toBe(lengthOf(count))
  }, 120_000)

  it('a stalled reader that leaves frees the upstream', async () => {
    const reader = await read(4000)
    const entry = await upstream.received()
    await waitUntil(() => reader.bytes() > 0)
    reader.socket.pause()
    await sleep(200)
    reader.socket.destroy()
    await entry.closed
  })

  /** Asks on a connection of its own and breaks it off after `ms`, however far the answer has come. */
  async function breakOff(stream: boolean, ms: number): Promise<void> {
    const asked = request(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      agent: false,
    })
    asked.on('error', () => {})
    asked.on('response', (response) => response.on('error', () => {}).resume())
    asked.end(JSON.stringify({ model: 'lmstudio/m', stream, messages }))
    await sleep(ms)
    asked.destroy()
  }
  it('1,000 requests that are broken off leave no socket behind', async () => {
    upstream.reset()
    await (await ask()).text()
    await databaseThreadRuns()
    const files = server.openFiles()
    const sockets = upstream.openSockets()

    let turn = 0
    upstream.onRequest(() => {
      turn += 1
      if (turn % 3 === 0) return { chunks: [{ hang: true }] }
      if (turn % 3 === 1) return { chunks: ['{"id":', { hang: true }] }
      return { headers: sse, chunks: frames.flatMap((frame) => [frame, { delayMs: 40 }]) }
    })
    for (let round = 0; round < 10; round += 1) {
      const asked = Array.from({ length: 100 }, async (_, index) =>
        breakOff(index % 2 === 0, Math.random() * 250),
      )
      await Promise.all(asked)
    }
    expect(turn).toBeGreaterThan(300)
    await waitUntil(() => upstream.openSockets() <= sockets && server.openFiles() <= files, {
      ms: 10_000,
      tell: () =>
        `${upstream.openSockets()} of ${sockets} sockets, ${server.openFiles()} of ${files} files`,
    })

    upstream.reset()
    expect((await ask()).status).toBe(200)
    expect(server.process.exitCode).toBeNull()
    expect(server.stderr()).toBe('')
    expect(server.logs().filter(({ level }) => Number(level) >= 50)).toEqual([])
  }, 120_000)
})
