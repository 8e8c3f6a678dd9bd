import { AppError } from '@tandem/schemas'
import type { Stage } from '../byte-stream.ts'

const none = Buffer.alloc(0)
const done = Buffer.from('data: [DONE]\n\n')
const finishKey = Buffer.from('"finish_reason"')

/**
 * Passes a stream's bytes in whole SSE events, as many as have come; half an event is held back, so that an error
 * event after it can be read. An upstream that ends without a terminal event broke off, however politely its socket
 * closed; one that finished but forgot `[DONE]` gets it.
 * It throws AppError `upstream_interrupted`, `upstream_invalid_response` (an event of over 16 MiB).
 */
export function wholeEvents(): Stage {
  let held: Buffer = none
  const ending = createEnding()
  return {
    take(chunk) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      const end = endOfLastEvent(bytes)
      held = end === bytes.length ? none : bytes.subarray(end)
      if (held.length > maxEventBytes)
        throw new AppError('upstream_invalid_response', { spent: true })
      if (end === 0) return undefined
      const events = end === bytes.length ? bytes : bytes.subarray(0, end)
      ending.see(events)
      return events
    },
    *end() {
      const last = completeEvent(held)
      if (last) {
        ending.see(last)
        yield last
      }
      if (ending.isDone()) return
      if (!ending.isFinished()) throw brokenOff(last ? none : held)
      yield done
    },
  }
}

/** Ended in order, but too soon: by what is left over it can be told whether a piece was cut. */
function brokenOff(left: Buffer): AppError {
  const message =
    left.length > 0
      ? 'The model provider broke its answer off in the middle of an event.'
      : undefined
  return new AppError('upstream_interrupted', { message, spent: true })
}

const newLine = 0x0a
const comment = 0x3a
const maxEventBytes = 16 * 2 ** 20

/** The offset behind the last blank line (LF or CRLF), 0 where there is none. */
function endOfLastEvent(bytes: Buffer): number {
  const { length } = bytes
  if (bytes[length - 1] === newLine && bytes[length - 2] === newLine) return length
  const lf = bytes.lastIndexOf('\n\n')
  const crlf = bytes.lastIndexOf('\r\n\r\n')
  if (lf < 0 && crlf < 0) return 0
  return lf > crlf ? lf + 2 : crlf + 4
}

/** Some servers end without the last blank line: what is a whole `data:` line all the same counts. */
function completeEvent(held: Buffer): Buffer | undefined {
  const line = held.toString('utf8').trim()
  if (!line.startsWith('data:')) return undefined
  const data = line.slice('data:'.length).trim()
  if (data !== '[DONE]' && !isJson(data)) return undefined
  return Buffer.from(`${line}\n\n`)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

interface Ending {
  see(events: Buffer): void
  /** It ended as it should, or with an error event: the upstream has said why, and no `[DONE]` follows. */
  isDone(): boolean
  isFinished(): boolean
}

/** Looks for the terminal marks with a scan of the bytes, not by parsing each event. */
function createEnding(): Ending {
  let finished = false
  let last: Buffer = none
  return {
    see(events) {
      if (events[0] !== comment) last = events
      finished ||= hasFinishReason(events)
    },
    isDone: () => /^data: ?(\[DONE\]\s*$|\{"error":)/m.test(tail(last)),
    isFinished: () => finished,
  }
}

function tail(bytes: Buffer): string {
  return bytes.toString('latin1', Math.max(0, bytes.length - 4096))
}

/** A non-null `finish_reason`; inside a string its quotes would be escaped, so the bytes cannot mislead. */
function hasFinishReason(events: Buffer): boolean {
  let at = events.lastIndexOf(finishKey)
  if (at < 0) return false
  at += finishKey.length
  while (events[at] === 0x20 || events[at] === 0x3a) at += 1
  return events[at] === 0x22
}
