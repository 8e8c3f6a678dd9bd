/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
/** Calls that a worker thread answers. */
import { Worker } from 'node:worker_threads'
import type { CallMap } from './calls.ts'
import { createCaller, type Caller, type Link } from './caller.ts'

export interface CallThreadOptions {
  url: URL
  workerData: unknown
  /** Of V8's heap for short-lived values; without it V8 lets it grow to 48 MiB before it looks for what is unused. */
  youngGenerationMb?: number
}

export function createCallThread<Calls extends CallMap<Calls>>(
  options: CallThreadOptions,
): Caller<Calls> {
  return createCaller(() => openThread(options))
}

function openThread({ url, workerData, youngGenerationMb }: CallThreadOptions): Link {
  const worker = new Worker(url, {
    workerData,
    ...(youngGenerationMb !== undefined && {
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    }),
  })
  let death: unknown
  worker.on('error', (error) => (death = error))
  return {
    post: (request) => worker.postMessage(request),
    onMessage: (listener) => void worker.on('message', listener),
    onEnd: (listener) => void worker.once('exit', () => listener(death)),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
  }
}
