/** The large values in JSON: found by one walk over its bytes, before any of it is parsed. */

export const quote = 0x22
export const comma = 0x2c
export const openBrace = 0x7b
export const closeBrace = 0x7d
export const openBracket = 0x5b
export const closeBracket = 0x5d
const backslash = 0x5c

/** Bytes: what is smaller is parsed in one go. */
export const largeFrom = 256 * 1024

export interface FindOptions {
  maxDepth: number
  /** Awaited between two steps. */
  turns(): Promise<void>
}

/** The end of each large string, array and object, by where it starts. */
export type LargeEnds = ReadonlyMap<number, number>

interface Scan {
  json: Buffer
  at: number
  /** Where the string starts that `at` is in; -1 outside. */
  string: number
  /** Where the open arrays and objects start. */
  open: number[]
  ends: Map<number, number>
}

/** In what is no JSON it finds anything, or `invalid`. */
export async function findLarge(
  json: Buffer,
  { maxDepth, turns }: FindOptions,
): Promise<LargeEnds | 'too deep' | 'invalid'> {
  const scan: Scan = { json, at: 0, string: -1, open: [], ends: new Map() }
  for (let to = 0; to < json.length;) {
    to = Math.min(json.length, to + largeFrom)
    const fault = scanTo(scan, to, maxDepth)
    if (fault) return fault
    await turns()
  }
  return scan.open.length > 0 || scan.string >= 0 ? 'invalid' : scan.ends
}

function scanTo(scan: Scan, to: number, maxDepth: number): 'too deep' | 'invalid' | undefined {
  const { json, open } = scan
  let { at } = scan
  if (scan.string >= 0) at = endString(scan, at, to)
  for (; at < to; at += 1) {
    const byte = json[at]
    if (byte === quote) {
      scan.string = at
      // The loop steps over the closing quote.
      at = endString(scan, at + 1, to) - 1
    } else if (byte === openBrace || byte === openBracket) {
      if (open.push(at) > maxDepth) return 'too deep'
    } else if (byte === closeBrace || byte === closeBracket) {
      const start = open.pop()
      if (start === undefined) return 'invalid'
      note(scan, start, at + 1)
    }
  }
  scan.at = at
  return undefined
}

/** Goes on in the string that is open: behind its end, or to where this step ends. */
function endString(scan: Scan, from: number, to: number): number {
  const at = skipString(scan.json, from, to)
  if (at >= to) return at
  note(scan, scan.string, at + 1)
  scan.string = -1
  return at + 1
}

function note({ ends }: Scan, start: number, end: number): void {
  if (end - start >= largeFrom) ends.set(start, end)
}

/** The offset of the quote that ends the string which `from` is in; `to` or the byte behind it where none does before. */
function skipString(json: Buffer, from: number, to: number): number {
  let at = from
  while (at < to) {
    const byte = json[at]
    if (byte === quote) return at
    at += byte === backslash ? 2 : 1
  }
  return at
}

/** The offset behind a string, array or object of which `findLarge` has seen the end. */
export function endOfSmall(json: Buffer, start: number): number {
  if (json[start] === quote) return skipString(json, start + 1, json.length) + 1
  let depth = 0
  for (let at = start; at < json.length; at += 1) {
    const byte = json[at]
    if (byte === quote) at = skipString(json, at + 1, json.length)
    else if (byte === openBrace || byte === openBracket) depth += 1
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return json.length
}
