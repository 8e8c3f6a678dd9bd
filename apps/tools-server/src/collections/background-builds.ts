/** Indexes that a search found worth building anew: built in the background, one at a time for each collection. */
import type { Caller } from '../threads/caller.ts'
import type { CollectionRef, IndexCalls } from './threads/index-calls.ts'
import type { SearchCalls, WorthBuilding } from './threads/search-calls.ts'

export interface BackgroundBuilds {
  offer(worth: WorthBuilding, embedder: string | undefined): void
  /** Resolves when nothing is being built. */
  idle(): Promise<void>
}

export interface BackgroundBuildsParts {
  indexThread: Caller<IndexCalls>
  searchThread: Caller<SearchCalls>
  onError: (error: unknown) => void
}

/** Where nothing came of it, it is not tried again for so long. */
const restMs = 600_000

export function createBackgroundBuilds(parts: BackgroundBuildsParts): BackgroundBuilds {
  const { indexThread, searchThread, onError } = parts
  const running = new Map<string, Promise<void>>()
  const restUntil = new Map<string, number>()

  async function run(key: string, rowId: number, building: Promise<number>): Promise<void> {
    try {
      const count = await building
      if (count === 0) restUntil.set(key, Date.now() + restMs)
      await searchThread.call('forget', [rowId])
    } catch (error) {
      restUntil.set(key, Date.now() + restMs)
      onError(error)
    } finally {
      running.delete(key)
    }
  }

  function offerOne(what: string, { rowId }: CollectionRef, build: () => Promise<number>): void {
    const key = `${what} ${rowId}`
    if (running.has(key) || Date.now() < (restUntil.get(key) ?? 0)) return
    running.set(key, run(key, rowId, build()))
  }

  return {
    offer({ topics, vectors }, embedder) {
      for (const each of topics) {
        offerOne('topics', each, () => indexThread.call('buildTopics', each))
      }
      if (embedder === undefined) return
      for (const each of vectors) {
        offerOne('vectors', each, () => indexThread.call('buildVectors', each, embedder))
      }
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}
