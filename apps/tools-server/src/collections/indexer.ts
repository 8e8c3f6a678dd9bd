/**
 * The background work on documents: parse, cut, embed, publish. It goes in small steps, each stored when it is done, and
 * takes turns between owners: a book does not hold up somebody else's note, and a server that dies goes on where it was.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Embeddings } from '../embeddings/embeddings.ts'
import type { Caller } from '../threads/caller.ts'
import { createEmbedding } from './indexing/embed-chunks.ts'
import { createParsing, type ReadFileText } from './indexing/parse-files.ts'
import { createRunner } from './indexing/runner.ts'
import { createSteps } from './indexing/steps.ts'
import type { IndexCalls } from './threads/index-calls.ts'

export interface Indexer {
  /** There is something to do. */
  wake(): void
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>
  close(): Promise<void>
}

export interface IndexerOptions {
  thread: Caller<IndexCalls>
  embeddings: Embeddings
  readFileText: ReadFileText
  /** The topics of a collection are new. */
  onLearned: (collectionRow: number) => void
  /** What nobody waits for to hear about. */
  onError: (error: unknown) => void
  /** Between tries of a step that failed; doubled each time. */
  retryMs?: number
}

/** How long documents wait at the start for the model to be loaded. */
const loadingMs = 10_000

export function createIndexer(options: IndexerOptions): Indexer {
  const { embeddings, onError, retryMs = 500 } = options
  const closing = new AbortController()
  const { signal } = closing
  const shared = { ...options, retryMs, signal }
  const embedding = createEmbedding({
    embeddings,
    onError,
    retryMs,
    signal,
    onRest: (ms) => indexing.wakeIn(ms),
  })
  const steps = createSteps({ ...shared, embedding })
  const indexing = createRunner({ next: steps.next, ready: modelOrPatience, onError, signal })
  const next = createParsing({ ...shared, onParsed: indexing.wake })
  const parsing = createRunner({ next, onError, signal })

  let loading: Promise<void> | undefined

  async function modelOrPatience(): Promise<void> {
    loading ??= loadModel()
    const patience = sleep(loadingMs, undefined, { ref: false, signal }).catch(() => undefined)
    await Promise.race([loading, patience])
  }

  async function loadModel(): Promise<void> {
    await embeddings.settled()
    // What was published without it meanwhile has no vectors yet.
    if (embeddings.ready()) indexing.wake()
  }

  return {
    wake() {
      parsing.wake()
      indexing.wake()
    },
    async idle() {
      await parsing.idle()
      await indexing.idle()
    },
    async close() {
      closing.abort()
      await parsing.close()
      await indexing.close()
    },
  }
}
