/**
 * The process that reads one document: started for it, ended with it. Not trusted by the server: it gets a path, and what it
 * sends back is text.
 */
import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { DocumentBlock } from '@tandem/schemas'
import type { ParserJob, ParserReply } from '../messages.ts'
import { inGoodSize, within } from './blocks.ts'
import { DocumentFault } from './fault.ts'
import { loadFormat } from './formats.ts'
import { refuseNetwork } from './no-network.ts'
import { readRange } from './read-range.ts'
import type { Format, Source } from './source.ts'

/** So much text is sent at once, that the server is never busy with it for long. */
const batchChars = 256_000
const batchBlocks = 1000

async function answer(job: ParserJob): Promise<void> {
  const { path, name, mediaType } = job.file
  watchMemory(job.memoryBytes)
  const format = await loadFormat(job.file)
  const source = { bytes: await readFile(path), name, mediaType }
  switch (job.do) {
    case 'parse':
      return parse(format, source, job)
    case 'describe':
      return send({ description: await format.describe(source) })
    case 'read':
      return send({ excerpt: await readRange(format, source, job) })
  }
}

async function parse(
  format: Format,
  source: Source,
  bounds: { maxChars: number; maxBlocks: number },
): Promise<void> {
  const parsed = await format.parse(source)
  let batch: DocumentBlock[] = []
  let chars = 0
  for await (const block of within(bounds, inGoodSize(parsed.blocks))) {
    batch.push(block)
    chars += block.text.length
    if (chars < batchChars && batch.length < batchBlocks) continue
    await send({ blocks: batch })
    batch = []
    chars = 0
  }
  await send({ blocks: batch })
  await send({ title: parsed.title ?? '' })
}

function watchMemory(memoryBytes: number): void {
  const workerData = { memoryBytes, parent: process.ppid }
  new Worker(new URL('./memory-watch.ts', import.meta.url), { workerData }).unref()
}

function send(reply: ParserReply): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(reply, undefined, undefined, (error) => (error ? reject(error) : resolve()))
  })
}

/** What a library throws of a file is that file's damage. */
function toFault(error: unknown): Extract<ParserReply, { fault: unknown }> {
  const { code, message } =
    error instanceof DocumentFault ? error : { code: 'document_unreadable' as const, message: '' }
  const cause = error instanceof DocumentFault ? (error.cause ?? error) : error
  const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  return { fault: { code, message, why: why.slice(0, 4000) } }
}

refuseNetwork()
process.once('disconnect', () => process.exit())
process.once('message', (job: ParserJob) => {
  answer(job)
    .catch((error: unknown) => send(toFault(error)))
    .finally(() => process.exit())
})
