const quote = 0x22
const backslash = 0x5c
const comma = 0x2c

export interface Edits {
  /** Top-level fields to set, each as JSON text. */
  set: Readonly<Record<string, string>>
  /** Top-level fields to take out. */
  remove: readonly string[]
}

/**
 * Changes top-level fields of a JSON object without re-serialising it: every other field keeps its bytes. The input must
 * be valid JSON (it was parsed before); of a field that stands there twice all occurrences are changed.
 */
export function splice(json: Buffer, { set, remove }: Edits): Buffer {
  const present = new Set<string>()
  const parts: Buffer[] = []
  for (const member of members(json)) {
    if (remove.includes(member.key)) continue
    const replacement = Object.hasOwn(set, member.key) ? set[member.key] : undefined
    if (replacement === undefined) parts.push(json.subarray(member.start, member.end))
    else if (!present.has(member.key)) parts.push(toMember(member.key, replacement))
    present.add(member.key)
  }
  for (const [key, value] of Object.entries(set)) {
    if (!present.has(key)) parts.push(toMember(key, value))
  }
  return join(parts)
}

interface Member {
  key: string
  /** Offsets of the whole member, from the key's quote to the end of its value. */
  start: number
  end: number
}

function* members(json: Buffer): Generator<Member> {
  let at = json.indexOf('{') + 1
  for (;;) {
    const start = json.indexOf(quote, at)
    if (start < 0) return
    const keyEnd = endOfString(json, start)
    const end = endOfValue(json, keyEnd)
    yield { key: JSON.parse(json.toString('utf8', start, keyEnd)) as string, start, end }
    at = end
  }
}

/** The offset behind the closing quote of the string that opens at `start`. */
function endOfString(json: Buffer, start: number): number {
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

function toMember(key: string, value: string): Buffer {
  return Buffer.from(`${JSON.stringify(key)}:${value}`)
}

function join(parts: readonly Buffer[]): Buffer {
  const pieces: Buffer[] = []
  for (const part of parts) pieces.push(pieces.length === 0 ? openBrace : separator, part)
  if (pieces.length === 0) pieces.push(openBrace)
  return Buffer.concat([...pieces, closeBrace])
}

const openBrace = Buffer.from('{')
const separator = Buffer.from(',')
const closeBrace = Buffer.from('}')
