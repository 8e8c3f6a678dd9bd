/** Credentials that were verified a moment ago, so that a request costs a look into a Map and nothing else. */
import type { Principal } from '@tandem/schemas'

export interface Verified {
  /** Synchronous; the hot path of every request. */
  get(credential: string): Principal | undefined
  /** Remembers what `find` gives, unless accounts changed while it was looked up. */
  remember(credential: string, find: () => Promise<Found>): Promise<Principal>
  /** After any change to accounts or keys. Asking for everybody again is cheap, and forgets nobody. */
  clear(): void
  size(): number
}

export interface Found {
  principal: Principal
  /** When the credential itself ends; milliseconds since 1970. */
  expiresAt: number | null
}

export interface VerifiedOptions {
  now(): number
  /** How long another process's change may take to be seen here. */
  freshMs?: number
  maxEntries?: number
}

interface Entry {
  principal: Principal
  freshUntil: number
}

export function createVerified({
  now,
  freshMs = 5000,
  maxEntries = 10_000,
}: VerifiedOptions): Verified {
  const entries = new Map<string, Entry>()
  let changes = 0

  function add(credential: string, { principal, expiresAt }: Found): void {
    entries.delete(credential)
    const [oldest] = entries.keys()
    if (entries.size >= maxEntries && oldest !== undefined) entries.delete(oldest)
    const freshUntil = Math.min(now() + freshMs, expiresAt ?? Infinity)
    entries.set(credential, { principal, freshUntil })
  }

  return {
    get(credential) {
      const entry = entries.get(credential)
      return entry && entry.freshUntil > now() ? entry.principal : undefined
    },
    async remember(credential, find) {
      const changesBefore = changes
      const found = await find()
      // What was read before a change must not outlive it.
      if (changes === changesBefore) add(credential, found)
      return found.principal
    },
    clear() {
      changes += 1
      entries.clear()
    },
    size: () => entries.size,
  }
}
