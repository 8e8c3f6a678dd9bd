/** A worker thread: extracts quickly. */
import { parentPort } from 'node:worker_threads'
import { quickText } from './quick-text.ts'
import type { ExtractJob } from './types.ts'

// Threads have no origins.
/* oxlint-disable unicorn/require-post-message-target-origin */
parentPort?.on('message', (job: ExtractJob) => parentPort?.postMessage(quickText(job)))
parentPort?.postMessage('ready')
