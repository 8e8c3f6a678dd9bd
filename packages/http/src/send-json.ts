import type { Response } from 'express'
import { setProcessingTime } from './request-context.ts'
import { atTurnEnd } from './turn-end.ts'

/** Up to this many bytes a body goes out as one string with its head: one write instead of a vector of two. */
const oneWriteBytes = 32 * 1024

/** Sends a value as JSON, or JSON bytes as they are: latin1 maps each byte to one character and back. */
export function sendJson(res: Response, body: Buffer | object, status = 200): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
  setProcessingTime(res)
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
  })
  const whole = bytes.length <= oneWriteBytes ? bytes.toString('latin1') : bytes
  atTurnEnd(() => res.end(whole, 'latin1'))
}
