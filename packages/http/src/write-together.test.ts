import type { RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from '@jest/globals'
import { startPlainServer, toExpress } from '../test/plain-server.ts'
import { writeChunk } from './write-chunk.ts'
import { endTogether, writeTogether } from './write-together.ts'

let close: () => void
afterEach(() => close())

async function serve(listener: RequestListener): Promise<number> {
  const server = await startPlainServer(listener)
  close = server.close
  return server.port
}

/** How often the kernel was asked to write. */
function countWrites(socket: Socket): () => number {
  let writes = 0
  const { _write: one, _writev: many } = socket
  socket._write = function (...args) {
    writes += 1
    one.apply(this, args)
  }
  socket._writev = function (...args) {
    writes += 1
    many?.apply(this, args)
  }
  return () => writes
}

it('sends what a turn wrote in one piece at its end, and what a later turn wrote in another', async () => {
  let count: (() => number) | undefined
  const port = await serve((_req, res) => {
    if (!res.socket) return
    count = countWrites(res.socket)
    writeTogether(res.socket)
    res.write('head ')
    for (const piece of ['one ', 'two ', 'three ']) writeChunk(toExpress(res), piece)
    expect(count()).toBe(0)
    setTimeout(() => {
      expect(count?.()).toBe(1)
      for (const piece of ['four ', 'five ']) writeChunk(toExpress(res), piece)
      setTimeout(() => {
        expect(count?.()).toBe(2)
        res.end('six')
      }, 20)
    }, 20)
  })
  const response = await fetch(`http://127.0.0.1:${port}/`)
  expect(await response.text()).toBe('head one two three four five six')
})

it('ends answers in their order, whole, also behind pieces of the same turn', async () => {
  const port = await serve((req, res) => {
    if (req.url === '/whole') {
      endTogether(toExpress(res), Buffer.from([0x41, 0xc3, 0xa9]).toString('latin1'))
      return
    }
    res.write('a')
    writeChunk(toExpress(res), 'b')
    endTogether(toExpress(res), Buffer.from('c'))
  })
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  for (let at = 0; at < 3; at += 1) {
    const paths = ['/whole', '/pieces', '/whole', '/pieces']
    expect(await Promise.all(paths.map(ask))).toEqual(['Aé', 'abc', 'Aé', 'abc'])
  }
})

it('answers requests that came at once on one connection in their order', async () => {
  const port = await serve((req, res) => endTogether(toExpress(res), `<${req.url}>`))
  const socket = connect(port, '127.0.0.1')
  const last = 'GET /3 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'
  socket.write(
    ['/1', '/2'].map((path) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`).join('') + last,
  )
  expect((await text(socket)).match(/<\/\d>/g)).toEqual(['</1>', '</2>', '</3>'])
})

it('does nothing for a client that left in the same turn, and goes on with the others', async () => {
  const gone = Promise.withResolvers<void>()
  const port = await serve((req, res) => {
    if (req.url === '/gone') {
      res.on('close', () => gone.resolve())
      if (res.socket) writeTogether(res.socket)
      res.write('lost')
      endTogether(toExpress(res), 'lost')
      res.socket?.destroy()
      return
    }
    endTogether(toExpress(res), 'kept')
  })
  const leaver = connect(port, '127.0.0.1')
  leaver.on('error', () => undefined)
  leaver.write('GET /gone HTTP/1.1\r\nhost: a\r\n\r\n')
  await Promise.all([once(leaver, 'close'), gone.promise])
  expect(await (await fetch(`http://127.0.0.1:${port}/kept`)).text()).toBe('kept')
})
