import type { RequestListener, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from '@jest/globals'
import { startPlainServer, toExpress } from '../test/plain-server.ts'
import { writeChunk } from './write-chunk.ts'
import { atTurnEnd } from './turn-end.ts'

let close: () => void
afterEach(() => close())

function endTogether(res: ServerResponse, body: Buffer | string): void {
  atTurnEnd(() => res.end(body, 'latin1'))
}

async function serve(listener: RequestListener): Promise<number> {
  const server = await startPlainServer(listener)
  close = server.close
  return server.port
}

it('ends answers in their order, whole, also behind pieces of their own', async () => {
  const port = await serve((req, res) => {
    if (req.url === '/whole') {
      endTogether(res, Buffer.from([0x41, 0xc3, 0xa9]).toString('latin1'))
      return
    }
    res.write('a')
    writeChunk(toExpress(res), 'b')
    endTogether(res, Buffer.from('c'))
  })
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  for (let at = 0; at < 3; at += 1) {
    const paths = ['/whole', '/pieces', '/whole', '/pieces']
    expect(await Promise.all(paths.map(ask))).toEqual(['Aé', 'abc', 'Aé', 'abc'])
  }
})

it('answers requests that came at once on one connection in their order', async () => {
  const port = await serve((req, res) => endTogether(res, `<${req.url}>`))
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
      res.write('lost')
      endTogether(res, 'lost')
      res.socket?.destroy()
      return
    }
    endTogether(res, 'kept')
  })
  const leaver = connect(port, '127.0.0.1')
  leaver.on('error', () => undefined)
  leaver.write('GET /gone HTTP/1.1\r\nhost: a\r\n\r\n')
  await Promise.all([once(leaver, 'close'), gone.promise])
  expect(await (await fetch(`http://127.0.0.1:${port}/kept`)).text()).toBe('kept')
})
