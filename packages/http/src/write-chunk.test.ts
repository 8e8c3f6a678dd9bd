import type { RequestListener, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from '@jest/globals'
import { startPlainServer, toExpress } from '../test/plain-server.ts'
import { drained, isWaiting, writeChunk } from './write-chunk.ts'

let close: () => void
afterEach(() => close())

async function serve(listener: RequestListener): Promise<number> {
  const server = await startPlainServer(listener)
  close = server.close
  return server.port
}

const pieces = [
  'first',
  'é€😀',
  Buffer.from([0xc3, 0xa9]),
  '',
  'x'.repeat(4000),
  Buffer.alloc(90_000, 'y'),
]
const whole = Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString()

async function writeAll(res: ServerResponse): Promise<void> {
  res.write('head ')
  for (const piece of pieces) {
    await new Promise((next) => setImmediate(next))
    writeChunk(toExpress(res), piece)
  }
  res.end()
}

async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  return await text(socket)
}

it('gives the bytes as they are, and leaves the connection usable', async () => {
  const port = await serve((_req, res) => void writeAll(res))
  for (let at = 0; at < 3; at += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(await response.text()).toBe(`head ${whole}`)
  }
})

it('frames nothing for a client of HTTP/1.0', async () => {
  const port = await serve((_req, res) => void writeAll(res))
  const answer = await ask(port, 'GET / HTTP/1.0\r\n\r\n')
  expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe(`head ${whole}`)
})

it('keeps the order of answers to requests that came at once', async () => {
  const port = await serve((req, res) => {
    res.write(`<${req.url}`)
    const last = (): void => void (writeChunk(toExpress(res), `${req.url}>`) && res.end())
    // The later one is done first.
    setTimeout(last, req.url === '/1' ? 60 : 10)
  })
  const answers = await ask(
    port,
    'GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  )
  expect(answers.match(/<\/1|\/1>|<\/2|\/2>/g)).toEqual(['</1', '/1>', '</2', '/2>'])
})

it('tells of a slow reader, and when it has gone on', async () => {
  const seen: boolean[] = []
  let done: Promise<void> = Promise.resolve()
  const filled = Promise.withResolvers<void>()
  const port = await serve((_req, res) => {
    res.write('head')
    const piece = Buffer.alloc(4000)
    seen.push(isWaiting(toExpress(res)))
    while (writeChunk(toExpress(res), piece));
    seen.push(isWaiting(toExpress(res)))
    done = drained(toExpress(res))
    filled.resolve()
  })
  const socket = connect(port, '127.0.0.1').pause()
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  await filled.promise
  expect(seen).toEqual([false, true])
  socket.resume()
  await done
  socket.destroy()
})
