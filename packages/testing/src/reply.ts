/**
 * One step of a reply's body. A string or Buffer is one socket write; an empty string sends the headers alone.
 * `drop` resets the connection (RST), or closes it in order but too soon (`fin`); `hang` waits until the client leaves.
 */
export type ReplyChunk =
  string | Buffer | { delayMs: number } | { drop: true | 'fin' } | { hang: true }

/** An answer as exact bytes. The headers leave with the first bytes: steps before them delay the status too. */
export interface Reply {
  /** 200 where it is not given. */
  status?: number
  headers?: Record<string, string | string[]>
  chunks: readonly ReplyChunk[] | AsyncIterable<ReplyChunk>
  /** The chunks are all that goes over the wire, status line included; then the connection is closed. */
  raw?: boolean
}

export interface JsonReplyOptions {
  status?: number
  headers?: Record<string, string>
}

/** A whole JSON answer in one write, with its length declared. */
export function jsonReply(body: unknown, options: JsonReplyOptions = {}): Reply {
  const text = JSON.stringify(body)
  return {
    status: options.status ?? 200,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      ...options.headers,
    },
    chunks: [text],
  }
}

export interface SseReplyOptions {
  /** A pause before each event but the first. */
  delayMs?: number
  /** `false` leaves out the last `data: [DONE]`. */
  done?: boolean
  status?: number
  headers?: Record<string, string>
}

/** A stream with one write an event: an object becomes `data: {...}`, a string goes out as it stands. */
export function sseReply(
  events: readonly (string | object)[],
  options: SseReplyOptions = {},
): Reply {
  const frames = events.map((event) =>
    typeof event === 'string' ? event : `data: ${JSON.stringify(event)}\n\n`,
  )
  if (options.done !== false) frames.push('data: [DONE]\n\n')
  return {
    status: options.status ?? 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', ...options.headers },
    chunks: withPauses(frames, options.delayMs),
  }
}

/** The same writes with a pause before each but the first. */
export function withPauses(writes: readonly (string | Buffer)[], delayMs = 0): ReplyChunk[] {
  if (delayMs === 0) return [...writes]
  return writes.flatMap((write, index): ReplyChunk[] =>
    index === 0 ? [write] : [{ delayMs }, write],
  )
}
