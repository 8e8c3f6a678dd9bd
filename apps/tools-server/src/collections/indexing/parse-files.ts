/** Reads the text of files that were added: beside the other steps, so that a book being read holds up nobody's note. */
import type { ParsedDocument } from '@tandem/schemas'
import type { IndexingJob } from '@tandem/db'
import { partFrom } from '../source-parts.ts'
import { createFailures, type FailuresOptions } from './failures.ts'

/** The text of an owner's file. @throws AppError, 4xx where the file itself is at fault */
export type ReadFileText = (
  file: { owner: string; fileId: string },
  options: { signal: AbortSignal },
) => Promise<ParsedDocument>

export interface ParseFilesOptions extends FailuresOptions {
  readFileText: ReadFileText
  /** There is a text to be cut. */
  onParsed: () => void
}

/** One file a call. @returns whether there may be more */
export function createParsing(options: ParseFilesOptions): () => Promise<boolean> {
  const { thread, readFileText, onParsed, signal } = options
  const failures = createFailures(options)
  let lastOwner: string | undefined

  async function parse(job: IndexingJob): Promise<void> {
    const { owner, fileId } = job
    try {
      const { blocks } = await readFileText({ owner, fileId: fileId ?? '' }, { signal })
      for (let from: number | undefined = 0; from !== undefined;) {
        const part = partFrom({ blocks }, from)
        await thread.call('bringSource', job, { from, blocks: part.blocks })
        from = part.next
      }
      await thread.call('setSource', job, blocks.length)
      failures.clear(job)
      onParsed()
    } catch (error) {
      await failures.handle(job, error)
    }
  }

  return async () => {
    const job = await thread.call('nextToParse', lastOwner)
    if (!job) return false
    lastOwner = job.owner
    await parse(job)
    return true
  }
}
