import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { chatChunks, chatCompletion } from '@tandem/testing'

/** What becomes of a request. `late reset` waits 50 ms, so that the client may leave before. */
export type Fate =
  'answer' | 'fin' | 'reset' | 'late reset' | 'part of a head' | 'a head' | 'part of a body'

export interface SeenRequest {
  /** Which of the connections it came over; the first is 1. */
  connection: number
  path: string
  body: string
}

export interface ForgetfulServer {
  baseUrl: string
  requests: SeenRequest[]
  /** The fate of requests on a connection that has served one before. */
  onReuse(fate: Fate): void
  /** The fate of the first request on each connection. */
  onNew(fate: Fate): void
  /** Before each answer. */
  delayMs(ms: number): void
  /** All that there ever were. */
  connections(): number
  openConnections(): number
  close(): Promise<void>
}

/** An upstream on bare sockets that keeps its connections, until it is told to close them on the next request. */
export async function startForgetfulServer(): Promise<ForgetfulServer> {
  const requests: SeenRequest[] = []
  const open = new Set<Socket>()
  const script = { reuse: 'answer' as Fate, fresh: 'answer' as Fate, delayMs: 0 }
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    const connection = connections
    let served = 0
    open.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => open.delete(socket))
    readRequests(socket, async (path, body) => {
      requests.push({ connection, path, body })
      const fate = served > 0 ? script.reuse : script.fresh
      served += 1
      if (fate === 'answer' && script.delayMs > 0) await sleep(script.delayMs)
      await meet(socket, fate, answerTo(path, body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    onReuse: (fate) => void (script.reuse = fate),
    onNew: (fate) => void (script.fresh = fate),
    delayMs: (ms) => void (script.delayMs = ms),
    connections: () => connections,
    openConnections: () => open.size,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/** Requests with a declared length, one after the other. */
function readRequests(socket: Socket, take: (path: string, body: string) => Promise<void>): void {
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part
    const end = text.indexOf('\r\n\r\n') + 4
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
    if (end < 4 || text.length < end + length) return
    const body = text.slice(end, end + length)
    const path = text.split(' ')[1] ?? ''
    text = ''
    void take(path, body)
  })
}

async function meet(socket: Socket, fate: Fate, answer: string): Promise<void> {
  if (fate === 'answer') socket.write(answer)
  else if (fate === 'fin') socket.end()
  else {
    const bodyAt = answer.indexOf('\r\n\r\n') + 4
    if (fate === 'part of a head') socket.write(answer.slice(0, 10))
    if (fate === 'a head') socket.write(answer.slice(0, bodyAt))
    if (fate === 'part of a body') socket.write(answer.slice(0, bodyAt + 20))
    // A reset throws away what the other side has not read yet.
    if (fate !== 'reset') await sleep(50)
    socket.resetAndDestroy()
  }
}

function answerTo(path: string, body: string): string {
  const { stream } = (body ? JSON.parse(body) : {}) as { stream?: boolean }
  if (path.endsWith('/models')) return reply({ object: 'list', data: [{ id: 'm' }] })
  if (path.endsWith('/embeddings'))
    return reply({ object: 'list', data: [{ index: 0, embedding: [1] }], model: 'Well met' })
  if (path.endsWith('/chat/completions') && stream) {
    const events = chatChunks({ content: 'Well met' }).map((chunk) => JSON.stringify(chunk))
    const data = [...events, '[DONE]'].map((event) => `data: ${event}\n\n`).join('')
    return head('text/event-stream', data) + data
  }
  return reply(chatCompletion({ content: 'Well met' }))
}

function reply(json: object): string {
  const text = JSON.stringify(json)
  return head('application/json', text) + text
}

function head(type: string, body: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
}
