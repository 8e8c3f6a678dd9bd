/**
 * JSON as bytes. `JSON.stringify` reads every letter for what must be escaped: for a picture of 20 MB more than a tenth of a
 * second, in which no other request moves. What is large is written in pieces, between which others have their turn; what is
 * base64 is put in as it is.
 */
import { createTurns, joinInTurns, largeFrom, type Turns } from './in-turns.ts'

/** As `JSON.stringify` gives it, of plain data. */
export async function toJson(value: unknown): Promise<Buffer> {
  if (sizeOf(value) < largeFrom) return Buffer.from(JSON.stringify(value))
  const writing: Writing = { parts: [], turns: createTurns() }
  await write(writing, value)
  return joinInTurns(writing.parts, writing.turns)
}

interface Writing {
  parts: Buffer[]
  turns: Turns
}

async function write({ parts, turns }: Writing, value: unknown): Promise<void> {
  if (typeof value === 'string' && value.length >= largeFrom) {
    parts.push(quote)
    for (const piece of pieces(value)) {
      parts.push(writePiece(piece))
      await turns()
    }
    parts.push(quote)
  } else if (sizeOf(value) < largeFrom) parts.push(Buffer.from(JSON.stringify(value)))
  else if (Array.isArray(value)) await writeArray({ parts, turns }, value)
  else await writeObject({ parts, turns }, value as Record<string, unknown>)
  await turns()
}

/** Small members are written together: a list may have a million of them. */
async function writeArray(writing: Writing, values: readonly unknown[]): Promise<void> {
  const { parts } = writing
  let small: unknown[] = []
  let smallSize = 0
  let separator = '['
  const flush = (): void => {
    if (small.length === 0) return
    parts.push(Buffer.from(`${separator}${JSON.stringify(small).slice(1, -1)}`))
    separator = ','
    small = []
    smallSize = 0
  }
  for (const value of values) {
    const size = sizeOf(value)
    if (size < largeFrom) {
      small.push(value)
      smallSize += size
      if (smallSize < largeFrom) continue
    }
    flush()
    await writing.turns()
    if (size < largeFrom) continue
    parts.push(Buffer.from(separator))
    separator = ','
    await write(writing, value)
  }
  flush()
  parts.push(Buffer.from(separator === '[' ? '[]' : ']'))
}

async function writeObject(writing: Writing, members: Record<string, unknown>): Promise<void> {
  let separator = '{'
  for (const [key, value] of Object.entries(members)) {
    if (value === undefined) continue
    writing.parts.push(Buffer.from(`${separator}${JSON.stringify(key)}:`))
    separator = ','
    await write(writing, value)
  }
  writing.parts.push(Buffer.from(separator === '{' ? '{}' : '}'))
}

const quote = Buffer.from('"')

/** About how many characters it takes, counted until it is large. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  let size = 0
  for (const key in value) {
    size += 8 + sizeOf((value as Record<string, unknown>)[key])
    if (size >= largeFrom) break
  }
  return size
}

/** Characters; whole groups of four. */
const pieceLength = 128 * 1024

function* pieces(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + pieceLength)
    // The halves of a character stay together: alone they would be escaped.
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to += 1
    yield text.slice(from, to)
    from = to
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00
}

function writePiece(piece: string): Buffer {
  return isBase64(piece)
    ? Buffer.from(piece, 'latin1')
    : Buffer.from(JSON.stringify(piece).slice(1, -1))
}

/** Whether nothing in it is escaped in JSON, and each character is a byte. Node skips what is no base64: then less comes out. */
function isBase64(text: string): boolean {
  if (!/^[\w+/-]+={0,2}$/.test(text.length > 96 ? text.slice(0, 64) : text)) return false
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  return digits % 4 !== 1 && Buffer.from(text, 'base64').length === Math.floor((digits * 3) / 4)
}
