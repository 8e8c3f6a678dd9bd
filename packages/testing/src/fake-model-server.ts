/** An upstream of the OpenAI dialect over real HTTP, with scripted answers and a journal of what it received. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createDefaultReply } from './default-reply.ts'
import { openExchange, type JournalEntry } from './journal.ts'
import type { Reply } from './reply.ts'
import { writeReply } from './write-reply.ts'

/** Computes an answer; undefined leaves it to the default reply. */
export type RequestHandler = (
  request: JournalEntry,
) => Reply | undefined | Promise<Reply | undefined>

export interface FakeModelServerOptions {
  /** The ids that `GET /v1/models` lists; `['fake-model']` where not given. */
  models?: readonly string[]
  /** What the default chat completion says. */
  content?: string
  /** A port of one's own, so that a closed server can come back; free by default. */
  port?: number
}

export interface FakeModelServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** `url` and `/v1`. */
  readonly baseUrl: string
  readonly port: number
  /** Every request whose body has arrived, oldest first. */
  readonly journal: JournalEntry[]
  /** Queues answers: each POST takes one, then `onRequest` is asked, then comes the default. */
  reply(...replies: Reply[]): void
  /** Is asked for every request, GET too, that the queue does not answer. */
  onRequest(handler: RequestHandler): void
  /** Forgets the journal, the queue and the handler; running answers go on. */
  reset(): void
  /** Resolves with the request number `index` (0 is the first) once it has come. */
  received(index?: number): Promise<JournalEntry>
  openSockets(): number
  /** Destroys all sockets and frees the port: also a way to die in the middle of an answer. */
  close(): Promise<void>
}

export async function startFakeModelServer(
  options: FakeModelServerOptions = {},
): Promise<FakeModelServer> {
  const script = createScript(options)
  const sockets = new Set<Socket>()
  const server = createServer({ keepAliveTimeout: 30_000, noDelay: true }, (request, response) => {
    void answer(request, response, script)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    baseUrl: `${url}/v1`,
    port,
    journal: script.journal,
    reply: (...replies) => void script.queue.push(...replies),
    onRequest: (handler) => void (script.handler = handler),
    reset: () => script.reset(),
    received: (index) => script.received(index),
    openSockets: () => sockets.size,
    close: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

interface Script {
  journal: JournalEntry[]
  queue: Reply[]
  handler: RequestHandler | undefined
  choose(entry: JournalEntry): Promise<Reply>
  record(entry: JournalEntry): void
  received(index?: number): Promise<JournalEntry>
  reset(): void
}

function createScript(options: FakeModelServerOptions): Script {
  const defaultReply = createDefaultReply(options)
  const waiting = new Set<() => void>()
  const script: Script = {
    journal: [],
    queue: [],
    handler: undefined,
    choose: async (entry) => {
      const queued = entry.method === 'POST' ? script.queue.shift() : undefined
      return queued ?? (await script.handler?.(entry)) ?? defaultReply(entry)
    },
    record: (entry) => {
      script.journal.push(entry)
      for (const look of waiting) look()
    },
    received: (index = 0) =>
      new Promise((resolve) => {
        const look = () => {
          const entry = script.journal[index]
          if (entry === undefined) return
          waiting.delete(look)
          resolve(entry)
        }
        waiting.add(look)
        look()
      }),
    reset: () => {
      script.journal.length = 0
      script.queue.length = 0
      script.handler = undefined
    },
  }
  return script
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  script: Script,
): Promise<void> {
  const exchange = await openExchange(request).catch(() => undefined)
  // The client left while it was still sending: there is no request to keep.
  if (exchange === undefined) return
  script.record(exchange.entry)
  try {
    const reply = await script.choose(exchange.entry)
    exchange.end(await writeReply(reply, response, exchange.entry))
  } catch (error) {
    // A script that throws is a broken test: say it where the client can see it.
    response.statusCode = 599
    response.end(`the fake model server's script failed: ${String(error)}`)
    exchange.end('dropped')
  }
}
