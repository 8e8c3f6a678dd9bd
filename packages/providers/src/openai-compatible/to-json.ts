/**
 * JSON as bytes. `JSON.stringify` reads every letter for what must be escaped: for a picture of 20 MB more than a tenth of a
 * second, in which no other request moves. What is base64 has nothing of the kind and is put in as it is.
 */
import { randomUUID } from 'node:crypto'

const longFrom = 256 * 1024

export function toJson(value: unknown): Buffer {
  if (!holdsLong(value)) return Buffer.from(JSON.stringify(value))
  // Nobody could have guessed it, so it stands nowhere else.
  const mark = randomUUID()
  const long: string[] = []
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (!isLong(member) || !isPlain(member)) return member
    long.push(member)
    return mark
  })
  return join(text.split(mark), long)
}

/** Each byte is written once: so much memory is slow to touch. */
function join(parts: readonly string[], between: readonly string[]): Buffer {
  const texts = parts.map((part) => Buffer.from(part))
  const length = [...texts, ...between].reduce((sum, { length: some }) => sum + some, 0)
  const whole = Buffer.allocUnsafe(length)
  let end = 0
  for (const [at, text] of texts.entries()) {
    end += text.copy(whole, end)
    end += whole.write(between[at] ?? '', end, 'latin1')
  }
  return whole
}

function isLong(value: unknown): value is string {
  return typeof value === 'string' && value.length > longFrom
}

function holdsLong(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isLong(value)
  return Object.values(value).some(holdsLong)
}

/** Whether it is base64, or a data URL of it: nothing in it is escaped in JSON, and each character is a byte. */
function isPlain(text: string): boolean {
  const head = /^data:[\w.+/;=-]{0,200},/.exec(text.slice(0, 210))?.[0] ?? ''
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const scratch = Buffer.allocUnsafe(pieceLength)
  for (let from = head.length; from < text.length; from += pieceLength) {
    const isLast = from + pieceLength >= text.length
    const piece = text.slice(from, from + pieceLength)
    if (!isBase64(piece, isLast ? padding : 0, scratch)) return false
  }
  return true
}

/** Characters; whole groups of four. */
const pieceLength = 256 * 1024

/** Node skips what is no base64: then less comes out than so many characters hold. */
function isBase64(text: string, padding: number, scratch: Buffer): boolean {
  const digits = text.length - padding
  return digits % 4 !== 1 && scratch.write(text, 'base64') === Math.floor((digits * 3) / 4)
}
