const quote = 0x22
const backslash = 0x5c
const comma = 0x2c

export interface Edits {
  /** Top-level fields to set, each as JSON. */
  set: Readonly<Record<string, string | Buffer>>
  /** Top-level fields to take out. */
  remove: readonly string[]
}

/**
 * Changes top-level fields of a JSON object without re-serialising it: every other field keeps its bytes. The input must
 * be valid JSON (it was parsed before); of a field that stands there twice all occurrences are changed.
 */
export function splice(json: Buffer, edits: Edits): Buffer {
  return replaceFirst(json, edits) ?? spliceAny(json, edits)
}

/**
 * The one edit of most requests, a first field set anew, by two searches instead of a walk over all fields. A key's quotes
 * cannot stand inside a string, where they are escaped, so what is found once is that field and there is no second, but
 * for one whose letters are escaped.
 */
function replaceFirst(json: Buffer, { set, remove }: Edits): Buffer | undefined {
  const [edit, another] = Object.entries(set)
  if (!edit || another || remove.length > 0) return undefined
  const [name, value] = edit
  const key = `"${name}":`
  if (json.toString('latin1', 1, 1 + key.length) !== key) return undefined
  if (json.lastIndexOf(`"${name}"`) !== 1 || json.includes(escapedAscii)) return undefined
  const start = 1 + key.length
  if (json[start] !== quote) return undefined
  const rest = json.subarray(endOfString(json, start))
  return Buffer.concat([json.subarray(0, start), toBuffer(value), rest])
}

function spliceAny(json: Buffer, { set, remove }: Edits): Buffer {
  const missing = new Map(Object.entries(set))
  const done = new Set<string>()
  const parts: Buffer[] = [openBrace]
  function add(...member: Buffer[]): void {
    if (parts.length > 1) parts.push(separator)
    parts.push(...member)
  }
  forEachMember(json, ({ key, start, end }) => {
    const replacement = missing.get(key)
    if (replacement !== undefined) {
      add(...toMember(key, replacement))
      missing.delete(key)
      done.add(key)
    } else if (!done.has(key) && !remove.includes(key)) add(json.subarray(start, end))
  })
  for (const [key, value] of missing) add(...toMember(key, value))
  parts.push(closeBrace)
  return Buffer.concat(parts)
}

interface Member {
  key: string
  /** Offsets of the whole member, from the key's quote to the end of its value. */
  start: number
  end: number
}

function forEachMember(json: Buffer, see: (member: Member) => void): void {
  let start = json.indexOf(quote)
  while (start >= 0) {
    const keyEnd = endOfString(json, start)
    const end = endOfValue(json, keyEnd)
    see({ key: keyBetween(json, start + 1, keyEnd - 1), start, end })
    start = json.indexOf(quote, end)
  }
}

/** Names that we look for are ASCII; others need only stay different from those. */
function keyBetween(json: Buffer, start: number, end: number): string {
  const key = json.toString('latin1', start, end)
  return key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key
}

/** Strings longer than this are searched natively, which pays for the call. */
const shortString = 48

/** The offset behind the closing quote of the string that opens at `start`. */
function endOfString(json: Buffer, start: number): number {
  for (let at = start + 1; at < start + shortString; at += 1) {
    const byte = json[at]
    if (byte === quote) return at + 1
    if (byte === backslash) at += 1
  }
  return endOfLongString(json, start)
}

function endOfLongString(json: Buffer, start: number): number {
  let end = json.indexOf(quote, start + 1)
  while (isEscaped(json, end)) end = json.indexOf(quote, end + 1)
  return end + 1
}

function isEscaped(json: Buffer, at: number): boolean {
  let slashes = 0
  while (json[at - 1 - slashes] === backslash) slashes += 1
  return slashes % 2 === 1
}

/** The offset of the comma or brace that ends the member whose key ends at `from`. */
function endOfValue(json: Buffer, from: number): number {
  let depth = 0
  for (let at = from; at < json.length; at += 1) {
    const byte = json[at]
    if (byte === quote) at = endOfString(json, at) - 1
    else if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) return at
      depth -= 1
    } else if (byte === comma && depth === 0) return at
  }
  return json.length
}

function toMember(key: string, value: string | Buffer): Buffer[] {
  return [Buffer.from(`${JSON.stringify(key)}:`), toBuffer(value)]
}

function toBuffer(value: string | Buffer): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : value
}

const escapedAscii = Buffer.from('\\u00')
const openBrace = Buffer.from('{')
const separator = Buffer.from(',')
const closeBrace = Buffer.from('}')
