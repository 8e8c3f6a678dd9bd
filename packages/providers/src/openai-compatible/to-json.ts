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
  const long: Buffer[] = []
  const text = JSON.stringify(value, (_key, member: unknown) => {
    const bytes = isLong(member) ? toPlain(member) : undefined
    if (!bytes) return member
    long.push(bytes)
    return mark
  })
  const [first = '', ...others] = text.split(mark)
  const rest = others.flatMap((part, at) => [long[at] ?? '', part])
  return Buffer.concat([first, ...rest].map((part) => Buffer.from(part)))
}

function isLong(value: unknown): value is string {
  return typeof value === 'string' && value.length > longFrom
}

function holdsLong(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isLong(value)
  return Object.values(value).some(holdsLong)
}

/** The bytes of base64, or of a data URL; undefined where it holds anything else. */
function toPlain(text: string): Buffer | undefined {
  const head = /^data:[\w.+/;=-]{0,200},/.exec(text.slice(0, 210))?.[0] ?? ''
  return isBase64(text.slice(head.length)) ? Buffer.from(text, 'latin1') : undefined
}

/** Node skips what is no base64: then less comes out than so many characters hold. */
function isBase64(text: string): boolean {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  return digits % 4 !== 1 && Buffer.from(text, 'base64').length === Math.floor((digits * 3) / 4)
}
