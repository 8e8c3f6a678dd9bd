/** What a key looks like, and what is kept of it. */
import { createHash, randomBytes } from 'node:crypto'

const start = 'sk-tandem-'
const shownLetters = 6

export interface MadeKey {
  /** To be shown once; 256 random bits. */
  key: string
  hash: string
  prefix: string
}

export function makeApiKey(): MadeKey {
  return describeApiKey(`${start}${randomBytes(32).toString('base64url')}`)
}

/** The same of a key that somebody chose. */
export function describeApiKey(key: string): MadeKey {
  const shown = key.startsWith(start) ? start.length + shownLetters : 3
  return { key, hash: hashApiKey(key), prefix: key.slice(0, shown) }
}

/** SHA-256 in hex. Fast on purpose: what is random needs no slow hash. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
