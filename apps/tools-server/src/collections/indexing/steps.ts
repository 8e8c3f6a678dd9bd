/** One step of indexing after the other; each can be made again by a process that dies in it. */
import type { IndexingJob } from '@tandem/db'
import type { Embedding } from './embed-chunks.ts'
import { createFailures, type FailuresOptions } from './failures.ts'

export interface Steps {
  /** @returns whether there may be more to do */
  next(): Promise<boolean>
}

export interface StepsOptions extends FailuresOptions {
  embedding: Embedding
  onLearned: (collectionRow: number) => void
}

/** Chunks embedded and stored in one step. */
const batchSize = 16

export function createSteps(options: StepsOptions): Steps {
  const { thread } = options
  const failures = createFailures(options)
  const fillOneBatch = createFilling(options)
  /** Collections since their topics were learned: ids by row. */
  const changed = new Map<number, string>()
  let lastOwner: string | undefined

  async function stepOn(job: IndexingJob): Promise<void> {
    try {
      const isPublished = await advance(options, job)
      if (isPublished) changed.set(job.collectionRow, job.collectionId)
      failures.clear(job)
    } catch (error) {
      await failures.handle(job, error)
    }
  }

  /** What is learned from all of a collection, once nothing more comes. */
  async function learnOne(): Promise<boolean> {
    const [first] = changed
    if (!first) return false
    const [rowId, id] = first
    changed.delete(rowId)
    if ((await thread.call('buildTopics', { rowId, id })) > 0) options.onLearned(rowId)
    return true
  }

  return {
    async next() {
      const job = await thread.call('next', lastOwner)
      if (!job) return (await fillOneBatch()) || (await learnOne())
      lastOwner = job.owner
      await stepOn(job)
      return true
    },
  }
}

/** @returns whether the document was published */
async function advance({ thread, embedding }: StepsOptions, job: IndexingJob): Promise<boolean> {
  const embedder = embedding.usable()
  if (!job.cut && !(await thread.call('cut', job, embedder?.name))) return false
  const pending = embedder ? await thread.call('pending', job, embedder.name, batchSize) : []
  if (!embedder || pending.length === 0) return thread.call('publish', job)
  const vectors = await embedding.embed(embedder, pending)
  if (vectors) await thread.call('storeVectors', job, embedder.name, vectors)
  return false
}

/**
 * Live chunks that were indexed without a model, or with another one: each is looked at once, for chunks that come later have
 * higher rows.
 */
function createFilling({ thread, embedding }: StepsOptions): () => Promise<boolean> {
  let looked = { embedder: '', after: 0 }
  return async () => {
    const embedder = embedding.usable()
    if (!embedder) return false
    if (looked.embedder !== embedder.name) looked = { embedder: embedder.name, after: 0 }
    const query = { limit: batchSize, after: looked.after }
    const missing = await thread.call('missing', embedder.name, query)
    const last = missing.at(-1)
    if (!last) return false
    const vectors = await embedding.embed(embedder, missing)
    if (!vectors) return false
    await thread.call('fillMissing', embedder.name, vectors)
    looked = { embedder: embedder.name, after: last.rowId }
    return true
  }
}
