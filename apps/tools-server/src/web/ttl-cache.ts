export interface TtlCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
}

export interface TtlCacheOptions {
  ttlMs: number
  /** Of which the oldest goes first. */
  maxEntries: number
  now: () => number
}

/** What was learned a short while ago, in memory. */
export function createTtlCache<Value>({
  ttlMs,
  maxEntries,
  now,
}: TtlCacheOptions): TtlCache<Value> {
  const entries = new Map<string, { value: Value; until: number }>()
  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      if (entry.until > now()) return entry.value
      entries.delete(key)
      return undefined
    },
    set(key, value) {
      entries.delete(key)
      entries.set(key, { value, until: now() + ttlMs })
      const [oldest] = entries.keys()
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest)
    },
  }
}
