import { createTurns, joinInTurns } from './in-turns.ts'
import { walkMembers, type Member } from './members.ts'

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

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
  return spliceFirst(json, edits) ?? spliceAny(json, edits)
}

/**
 * The edits of most requests, a first field set anew and others that are not there yet, by searches instead of a walk over
 * all fields. A key's quotes cannot stand inside a string, where they are escaped, so what is found once is that field
 * and there is no second, but for one whose letters are escaped.
 */
function spliceFirst(json: Buffer, { set, remove }: Edits): Buffer | undefined {
  if (remove.length > 0 || json.includes(escapedAscii)) return undefined
  let parts: Buffer[] | undefined
  const added: Buffer[] = []
  for (const [name, value] of Object.entries(set)) {
    const key = `"${name}"`
    const at = json.lastIndexOf(key)
    if (at < 0) added.push(separator, ...toMember(name, value))
    else if (at === 1) parts = replaceFirst(json, key, value)
    else return undefined
  }
  if (!parts) return undefined
  parts.splice(2, 0, ...added)
  return Buffer.concat(parts)
}

/** What is before the value, the value, what is behind it; undefined where it is no string right behind its colon. */
function replaceFirst(json: Buffer, key: string, value: string | Buffer): Buffer[] | undefined {
  const start = 1 + key.length + 1
  if (json[start - 1] !== colon || json[start] !== quote) return undefined
  return [json.subarray(0, start), toBuffer(value), json.subarray(endOfString(json, start))]
}

function spliceAny(json: Buffer, edits: Edits): Buffer {
  const editor = createEditor(json, edits)
  for (const member of walkMembers(json)) if (member) editor.see(member)
  return Buffer.concat(editor.end())
}

/** The same edits of a body of megabytes, in turns with other requests. */
export async function spliceInTurns(json: Buffer, edits: Edits): Promise<Buffer> {
  const turns = createTurns()
  const editor = createEditor(json, edits)
  for (const member of walkMembers(json)) {
    if (member) editor.see(member)
    await turns()
  }
  return joinInTurns(editor.end(), turns)
}

/** Is shown the members one after the other, and hands back the parts of the edited JSON. */
function createEditor(
  json: Buffer,
  { set, remove }: Edits,
): { see(member: Member): void; end(): Buffer[] } {
  const missing = new Map(Object.entries(set))
  const done = new Set<string>()
  const parts: Buffer[] = [openBrace]
  function add(...member: Buffer[]): void {
    if (parts.length > 1) parts.push(separator)
    parts.push(...member)
  }
  return {
    see({ start, keyEnd, end }) {
      const key = keyBetween(json, start + 1, keyEnd - 1)
      const replacement = missing.get(key)
      if (replacement !== undefined) {
        add(...toMember(key, replacement))
        missing.delete(key)
        done.add(key)
      } else if (!done.has(key) && !remove.includes(key)) add(json.subarray(start, end))
    },
    end() {
      for (const [key, value] of missing) add(...toMember(key, value))
      return [...parts, closeBrace]
    },
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
