const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/**
 * Whether JSON nests deeper than `limit`, told from its bytes: JSON so deep overflows the stack of whoever walks it, and a
 * body of nothing but brackets takes gigabytes to parse. Bytes are read one by one only where they hold that many
 * brackets at all, so that ordinary requests pay for a few searches.
 */
export function isDeeperThan(json: Buffer, limit: number): boolean {
  return json.length > limit && hasMoreOpenings(json, limit) && scan(json, limit)
}

function hasMoreOpenings(json: Buffer, limit: number): boolean {
  const left = limit - count(json, openBrace, limit + 1)
  return left < 0 || count(json, openBracket, left + 1) > left
}

/** How often the byte occurs, counted up to `enough`. */
function count(json: Buffer, byte: number, enough: number): number {
  let found = 0
  for (let at = json.indexOf(byte); at >= 0 && found < enough; at = json.indexOf(byte, at + 1)) {
    found += 1
  }
  return found
}

function scan(json: Buffer, limit: number): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]
    if (byte === quote) {
      at = endOfString(json, at)
      if (at < 0) return false
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1
      if (depth > limit) return true
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1
  }
  return false
}

/** The offset of the quote that closes the string opened at `start`; -1 where none does, which is no JSON. */
function endOfString(json: Buffer, start: number): number {
  let end = json.indexOf(quote, start + 1)
  while (end >= 0 && isEscaped(json, end)) end = json.indexOf(quote, end + 1)
  return end
}

function isEscaped(json: Buffer, at: number): boolean {
  let slashes = 0
  while (json[at - 1 - slashes] === backslash) slashes += 1
  return slashes % 2 === 1
}
