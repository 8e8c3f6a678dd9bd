/** Says of collections that they were searched, which puts their expiry off: once a minute each, behind the answer. */
import type { CollectionRows } from '@tandem/db'

export interface Touches {
  note(owner: string, ids: readonly string[]): void
  /** Resolves when what was noted is stored. */
  close(): Promise<void>
}

export interface TouchesOptions {
  touch: CollectionRows['touch']
  onError: (error: unknown) => void
  now?: () => number
}

const everyMs = 60_000
const mostKept = 10_000

export function createTouches({ touch, onError, now = Date.now }: TouchesOptions): Touches {
  const touched = new Map<string, number>()
  const running = new Set<Promise<void>>()
  return {
    note(owner, ids) {
      const due = ids.filter((id) => now() - (touched.get(id) ?? -Infinity) >= everyMs)
      if (due.length === 0) return
      if (touched.size > mostKept) touched.clear()
      for (const id of due) touched.set(id, now())
      const writing = touch(owner, due)
        .catch(onError)
        .finally(() => running.delete(writing))
      running.add(writing)
    },
    async close() {
      await Promise.all(running)
    },
  }
}
