/** Notes when keys were last used, at most once a minute for all of them together. */
import type { KeyUse } from './api-keys.ts'

export interface KeyUses {
  /** Never waits and never throws. */
  note(keyId: string): void
  flush(): Promise<void>
  /** Flushes and stops. */
  close(): Promise<void>
}

export interface KeyUsesOptions {
  /** `AppDb.apiKeys.touchLastUsed`. */
  touch(uses: readonly KeyUse[]): Promise<void>
  intervalMs?: number
  now?(): number
}

export function createKeyUses(options: KeyUsesOptions): KeyUses {
  const { touch, intervalMs = 60_000, now = Date.now } = options
  const lastUse = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const uses = [...lastUse].map(([keyId, at]) => ({ keyId, at }))
    lastUse.clear()
    if (uses.length > 0) await touch(uses)
  }

  return {
    note(keyId) {
      lastUse.set(keyId, now())
      // What a failed write forgets, the key's next use brings back.
      timer ??= setTimeout(() => void flush().catch(() => {}), intervalMs).unref()
    },
    flush,
    close: flush,
  }
}
