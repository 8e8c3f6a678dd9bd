/**
 * Long strings in JSON, which are files and pictures in base64: the parser reads them letter by letter, for tens of
 * milliseconds in which no other request moves. They are cut out by a few native searches and put back after parsing.
 */
import { isAscii } from 'node:buffer'
import { randomUUID } from 'node:crypto'

export interface CutJson {
  /** With a short mark in the place of each. */
  json: Buffer
  /** By their marks, which nobody could have guessed. */
  strings: ReadonlyMap<string, string>
}

/** Strings of this length are always found, of half of it perhaps. */
const longFrom = 512 * 1024
const step = longFrom / 2
const quote = 0x22
const backslash = 0x5c
const newline = 0x0a
const base64 = /^(data:[\w.+/;=-]{0,200},)?[\w+/-]{32}/
const isKey = /^"\s*:/

/** @param json may be invalid: what is cut out of it leaves it so */
export function cutLongStrings(json: Buffer): CutJson {
  const strings = new Map<string, string>()
  const parts: Buffer[] = []
  let from = 0
  // No string is longer than two steps without spanning one of them, and the next quote then shows it.
  for (let at = step; at < json.length; at += step) {
    const end = json.indexOf(quote, at)
    if (end < 0) break
    const start = json.lastIndexOf(quote, at) + 1
    if (end - start >= step && isPlain(json, start, end)) {
      const mark = randomUUID()
      strings.set(mark, json.toString('latin1', start, end))
      parts.push(json.subarray(from, start), Buffer.from(mark))
      from = end
    }
    at = Math.max(at, end)
  }
  return parts.length === 0
    ? { json, strings }
    : { json: Buffer.concat([...parts, json.subarray(from)]), strings }
}

/** Puts them back into what was parsed, in place. */
export function putBack(value: unknown, strings: CutJson['strings']): void {
  if (strings.size === 0 || typeof value !== 'object' || value === null) return
  const members = value as Record<string, unknown>
  for (const [key, member] of Object.entries(members)) {
    if (typeof member !== 'string') putBack(member, strings)
    else if (member.length === markLength) members[key] = strings.get(member) ?? member
  }
}

const markLength = 36

/**
 * Whether a whole string value stands between the quotes, and each of its bytes is the character it means. What begins
 * like base64 stands inside of a string: between two of them JSON begins with a colon, a comma, a bracket or a space.
 */
function isPlain(json: Buffer, start: number, end: number): boolean {
  const text = json.subarray(start, end)
  return (
    json[start - 2] !== backslash &&
    !isKey.test(json.toString('latin1', end, end + 20)) &&
    base64.test(text.toString('latin1', 0, 300)) &&
    isAscii(text) &&
    !text.includes(backslash) &&
    !text.includes(newline)
  )
}
