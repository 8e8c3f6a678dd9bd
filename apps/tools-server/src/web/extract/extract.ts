import { AppError } from '@tandem/schemas'
import type { Extracted, ExtractJob } from './types.ts'
import { createWorkerRunner } from './worker-runner.ts'

export interface Extractor {
  /** @throws AppError `page_unreadable` */
  extract(job: ExtractJob, options: { signal: AbortSignal }): Promise<Extracted>
  close(): Promise<void>
}

export interface ExtractorOptions {
  /** HTML beyond this many characters is not searched for an article; 512 Ki. */
  maxCharacters?: number | undefined
  /** For finding the article; 2 s. */
  timeoutMs?: number | undefined
}

const quickTimeoutMs = 5_000
/** Loading jsdom takes a second; a busy machine does not hold up its first page for it. */
const readableStartMs = 3_000

/** The article where it is found in time, else the page's text: never on the thread that answers requests. */
export function createExtractor({
  maxCharacters = 512 * 1024,
  timeoutMs = 2_000,
}: ExtractorOptions = {}): Extractor {
  const readable = createWorkerRunner<ExtractJob, Extracted | undefined>(
    new URL('./readable-worker.ts', import.meta.url),
    { timeoutMs, startWaitMs: readableStartMs, maxWaiting: 4 },
  )
  const quick = createWorkerRunner<ExtractJob, Extracted>(
    new URL('./quick-worker.ts', import.meta.url),
    { timeoutMs: quickTimeoutMs, startWaitMs: 15_000, maxWaiting: 16 },
  )
  const read: Extractor['extract'] = async (job, { signal }) => {
    if (job.html.length > maxCharacters) return await quick.run(job, { signal })
    const article = await readable.run(job, { signal }).catch(() => undefined)
    signal.throwIfAborted()
    return article?.text ? article : await quick.run(job, { signal })
  }
  return {
    async extract(job, { signal }) {
      try {
        return await read(job, { signal })
      } catch (cause) {
        signal.throwIfAborted()
        throw new AppError('page_unreadable', {
          message: 'The text of the page could not be found in time.',
          cause,
        })
      }
    },
    async close() {
      await Promise.all([readable.close(), quick.close()])
    },
  }
}
