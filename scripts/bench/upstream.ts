/**
 * The fake model server, a process of its own. It writes finished bytes to plain sockets: `node:http` here would cost as much
 * as the proxy under test and the core it shares with the load generator would be full first.
 */
import { createServer, type Socket } from 'node:net'
import { type StreamReply, toCompletion, toModelList, toStreamReply } from './exchange.ts'
import { createMessageReader } from './message-reader.ts'
import { serveParent } from './parent.ts'

/** Sent by the parent between two cells. */
export interface UpstreamOrder {
  /** Milliseconds between two events; 0 is as fast as possible. */
  paceMs: number
}

const completion = toCompletion()
const modelList = toModelList()
const notFound = Buffer.from('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')
const streams = { plain: toStreamReply(false), withUsage: toStreamReply(true) }
const wholeStreams = { plain: join(streams.plain), withUsage: join(streams.withUsage) }

let paceMs = 0

function join({ opening, events, ending }: StreamReply): Buffer {
  return Buffer.concat([opening, ...events, ending])
}

function writePaced(socket: Socket, { opening, events, ending }: StreamReply): void {
  let next = 0
  socket.write(opening)
  const timer = setInterval(() => {
    const event = events[next]
    next += 1
    if (event !== undefined && !socket.destroyed) return void socket.write(event)
    clearInterval(timer)
    if (!socket.destroyed) socket.write(ending)
  }, paceMs)
}

function reply(socket: Socket, path: string, body: string): void {
  if (path.endsWith('/models')) return void socket.write(modelList)
  if (!path.endsWith('/chat/completions')) return void socket.write(notFound)
  if (!/"stream" *: *true/.test(body)) return void socket.write(completion)
  const kind = /"include_usage" *: *true/.test(body) ? 'withUsage' : 'plain'
  if (paceMs === 0) socket.write(wholeStreams[kind])
  else writePaced(socket, streams[kind])
}

const server = createServer({ noDelay: true }, (socket) => {
  let path = ''
  let body = ''
  const reader = createMessageReader({
    onHead(head) {
      path = head.split(' ', 2)[1] ?? ''
      body = ''
    },
    onBody(bytes, start, end) {
      body += bytes.toString('latin1', start, end)
    },
    onEnd: () => reply(socket, path, body),
  })
  socket.on('data', (bytes) => reader.push(bytes))
  // A caller that goes away is part of every cell's end.
  socket.on('error', () => socket.destroy())
})

serveParent(server, (order) => {
  paceMs = (order as UpstreamOrder).paceMs
})
