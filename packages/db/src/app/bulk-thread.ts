/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
/** The main thread's side of the worker: starts it at the first call, and again if it should die. */
import { Worker } from 'node:worker_threads'
import { AppError } from '@tandem/schemas'
import type { BulkCalls, BulkReply, BulkRequest, BulkWorkerData } from './bulk-calls.ts'

export interface BulkThread {
  call<Name extends keyof BulkCalls>(
    name: Name,
    ...args: Parameters<BulkCalls[Name]>
  ): ReturnType<BulkCalls[Name]>
  /** Finishes what it was asked, then ends. */
  close(): Promise<void>
}

interface Waiting {
  id: number
  resolve(value: unknown): void
  reject(error: Error): void
}

interface Thread {
  send(request: Extract<BulkRequest, { id: number }>, waiting: Omit<Waiting, 'id'>): void
  close(): Promise<void>
}

export function createBulkThread(data: BulkWorkerData): BulkThread {
  let thread: Thread | undefined
  let lastId = 0
  let closed = false
  return {
    call: (name, ...args) =>
      new Promise<unknown>((resolve, reject) => {
        if (closed) throw new AppError('storage_unavailable', { message: 'The storage is closed.' })
        thread ??= startThread(data, () => (thread = undefined))
        thread.send({ id: ++lastId, name, args }, { resolve, reject })
      }) as ReturnType<BulkCalls[typeof name]>,
    async close() {
      closed = true
      await thread?.close()
    },
  }
}

function startThread(data: BulkWorkerData, onEnd: () => void): Thread {
  const worker = new Worker(new URL('./bulk-worker.ts', import.meta.url), { workerData: data })
  // A short list. A Map's outgrown tables would keep what was in them from young collections (createOpenRequests in http).
  const waiting: Waiting[] = []
  const ended = Promise.withResolvers<void>()
  let death: unknown
  worker.on('error', (error) => (death = error))
  worker.on('message', (reply: BulkReply) => {
    const at = waiting.findIndex(({ id }) => id === reply.id)
    settle(waiting.splice(at, at < 0 ? 0 : 1)[0], reply)
    // An idle worker does not keep the process alive; a busy one does.
    if (waiting.length === 0) worker.unref()
  })
  worker.once('exit', () => {
    onEnd()
    const error = new AppError('storage_unavailable', { cause: death, retryAfterMs: 1000 })
    for (const each of waiting) each.reject(error)
    ended.resolve()
  })
  return {
    send(request, each) {
      waiting.push({ id: request.id, ...each })
      worker.ref()
      worker.postMessage(request)
    },
    async close() {
      worker.ref()
      worker.postMessage({ close: true } satisfies BulkRequest)
      await ended.promise
    },
  }
}

function settle(waiting: Waiting | undefined, reply: BulkReply): void {
  if ('error' in reply) {
    const { code, ...options } = reply.error
    waiting?.reject(new AppError(code, options))
    return
  }
  waiting?.resolve(reply.value)
}
