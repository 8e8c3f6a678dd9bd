/** A walk over the top-level members of a JSON object, without parsing it. */
import { largeFrom } from './in-turns.ts'

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** Offsets of a top-level member. */
export interface Member {
  /** The key's first quote. */
  start: number
  /** Behind the key's second quote. */
  keyEnd: number
  /** Behind the value. */
  end: number
}

interface Walk {
  json: Buffer
  at: number
  depth: number
  inString: boolean
  /** Of the member that is being walked over; -1 where that is not known yet. */
  start: number
  keyEnd: number
}

/** The members in their order; nothing after each step through a body of megabytes, where others may have their turn. */
export function* walkMembers(json: Buffer): Generator<Member | undefined> {
  const walk: Walk = { json, at: 0, depth: 0, inString: false, start: -1, keyEnd: -1 }
  for (let to = largeFrom; walk.at < json.length;) {
    const end = walkTo(walk, Math.min(to, json.length))
    if (end !== undefined && walk.start >= 0) {
      yield { start: walk.start, keyEnd: walk.keyEnd, end }
      walk.start = -1
      walk.keyEnd = -1
    }
    if (walk.at < to) continue
    to = walk.at + largeFrom
    yield undefined
  }
}

/** Goes on to the end of a member, and hands it back, or to `to`. */
function walkTo(walk: Walk, to: number): number | undefined {
  const { json } = walk
  for (; walk.at < to; walk.at += 1) {
    if (walk.inString && !skipString(walk, to)) return undefined
    const byte = json[walk.at]
    if (byte === quote) {
      walk.inString = true
      if (walk.start < 0) walk.start = walk.at
    } else if (byte === openBrace || byte === openBracket) walk.depth += 1
    else if (byte === closeBrace || byte === closeBracket) walk.depth -= 1
    const ends = byte === comma ? walk.depth === 1 : byte === closeBrace && walk.depth === 0
    if (!ends) continue
    walk.at += 1
    return walk.at - 1
  }
  return undefined
}

/** To behind the closing quote; false where that comes after `to`. */
function skipString(walk: Walk, to: number): boolean {
  const { json } = walk
  let { at } = walk
  while (at < to && json[at] !== quote) at += json[at] === backslash ? 2 : 1
  walk.at = at
  if (at >= to) return false
  walk.inString = false
  walk.at += 1
  if (walk.keyEnd < 0) walk.keyEnd = walk.at
  return walk.at < to
}
