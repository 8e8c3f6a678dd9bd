import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** A request that the fake server received, and what became of its answer. */
export interface JournalEntry {
  method: string
  /** With the query, as it came. */
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
  /** The body parsed; undefined where it is no JSON. */
  json: unknown
  /** Bytes of the answer's body that the kernel has taken so far: it stands still while the client does not read. */
  bytesSent: number
  /** Whether the client left before the answer ended. */
  aborted: boolean
  /** Milliseconds of `performance.now()`, as is `abortedAt`. */
  startedAt: number
  abortedAt?: number
  /** Resolves when the client leaves before the answer ended, else never. */
  closed: Promise<void>
  /** Resolves when the answer is over, well or not. */
  ended: Promise<void>
}

/** The server's own side of an entry. */
export interface Exchange {
  entry: JournalEntry
  /** Called once when the answer is over; the client left where the server has not broken it off itself. */
  end(how: 'finished' | 'dropped' | 'aborted'): void
}

export async function openExchange(request: IncomingMessage): Promise<Exchange> {
  const startedAt = performance.now()
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const body = Buffer.concat(parts)
  const closed = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const entry: JournalEntry = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body,
    json: parseJson(body),
    bytesSent: 0,
    aborted: false,
    startedAt,
    closed: closed.promise,
    ended: ended.promise,
  }
  const end: Exchange['end'] = (how) => {
    if (how === 'aborted') {
      entry.aborted = true
      entry.abortedAt = performance.now()
      closed.resolve()
    }
    ended.resolve()
  }
  return { entry, end }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
