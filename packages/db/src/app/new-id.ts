import { randomBytes } from 'node:crypto'

/** A public id with 144 random bits: `user_…`, `key_…`. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(18).toString('base64url')}`
}
