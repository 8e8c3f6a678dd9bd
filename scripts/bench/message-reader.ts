/**
 * Reads HTTP/1.1 messages off a socket with as little work as can be, so that the load side is not what is measured. It knows
 * content-length and chunked bodies; both ends are ours or a well-behaved proxy, so nothing is checked.
 */

export interface MessageHandlers {
  /** The start line and the header fields. */
  onHead(head: string): void
  /** A part of the body: `bytes` from `start` to before `end`. It is only valid during the call. */
  onBody(bytes: Buffer, start: number, end: number): void
  onEnd(): void
}

export interface MessageReader {
  push(bytes: Buffer): void
}

type State = 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer'

const lineFeed = 10

export function createMessageReader(handlers: MessageHandlers): MessageReader {
  let state: State = 'head'
  let pending = ''
  let remaining = 0

  function readHead(bytes: Buffer, from: number): number {
    const before = pending.length
    pending += bytes.toString('latin1', from, bytes.length)
    const end = pending.indexOf('\r\n\r\n')
    if (end < 0) return bytes.length
    const head = pending.slice(0, end)
    pending = ''
    handlers.onHead(head)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    remaining = Number(length ?? 0)
    state =
      length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head) ? 'chunk-size' : 'body'
    if (state === 'body' && remaining === 0) finish()
    return from + end + 4 - before
  }

  function readBody(bytes: Buffer, from: number): number {
    const end = Math.min(bytes.length, from + remaining)
    remaining -= end - from
    handlers.onBody(bytes, from, end)
    if (remaining > 0) return end
    if (state === 'body') finish()
    else state = 'chunk-end'
    return end
  }

  /** Collects one line; the text without its line end, or undefined while it is incomplete. */
  function readLine(bytes: Buffer, from: number): { line: string | undefined; next: number } {
    const end = bytes.indexOf(lineFeed, from)
    pending += bytes.toString('latin1', from, end < 0 ? bytes.length : end)
    if (end < 0) return { line: undefined, next: bytes.length }
    const line = pending.trimEnd()
    pending = ''
    return { line, next: end + 1 }
  }

  function readFraming(bytes: Buffer, from: number): number {
    const { line, next } = readLine(bytes, from)
    if (line === undefined) return next
    if (state === 'chunk-size') {
      remaining = Number.parseInt(line, 16)
      state = remaining === 0 ? 'trailer' : 'chunk'
    } else if (state === 'chunk-end') state = 'chunk-size'
    else if (line === '') finish()
    return next
  }

  function finish(): void {
    state = 'head'
    handlers.onEnd()
  }

  return {
    push(bytes) {
      let at = 0
      while (at < bytes.length) {
        if (state === 'head') at = readHead(bytes, at)
        else if (state === 'body' || state === 'chunk') at = readBody(bytes, at)
        else at = readFraming(bytes, at)
      }
    },
  }
}
