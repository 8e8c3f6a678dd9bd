/** A worker thread: finds the article of a page. What it cannot read is answered with undefined, so that it lives on. */
import { parentPort } from 'node:worker_threads'
import { readableText } from './readable-text.ts'
import type { Extracted, ExtractJob } from './types.ts'

// Threads have no origins.
/* oxlint-disable unicorn/require-post-message-target-origin */
parentPort?.on('message', (job: ExtractJob) => parentPort?.postMessage(tryToRead(job)))
// The first page takes many times as long as the second: it is read before a clock runs.
tryToRead({
  html: '<article><p>Ready, set, go.</p></article>',
  url: 'http://localhost/',
  links: false,
})
parentPort?.postMessage('ready')

function tryToRead(job: ExtractJob): Extracted | undefined {
  try {
    return readableText(job)
  } catch {
    return undefined
  }
}
