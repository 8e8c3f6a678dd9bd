/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
/** The main thread's side of the worker: starts it at the first call, and again if it should die. */
import { Worker } from 'node:worker_threads'
import { AppError } from '@tandem/schemas'
import type { BulkCalls, BulkError, BulkReply, BulkRequest, BulkWorkerData } from './bulk-calls.ts'
import { isBulky, pack, unpack, type Parcel } from './parcel.ts'

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
  const packing = new Set<Promise<void>>()

  function send(name: keyof BulkCalls, args: Parcel, waiting: Omit<Waiting, 'id'>): void {
    thread ??= startThread(data, () => (thread = undefined))
    thread.send({ id: ++lastId, name, args }, waiting)
  }
  return {
    call: (name, ...args) =>
      new Promise<unknown>((resolve, reject) => {
        if (closed) throw new AppError('storage_unavailable', { message: 'The storage is closed.' })
        if (!isBulky(args)) {
          send(name, { value: args }, { resolve, reject })
          return
        }
        const packed = pack(args)
          .then((parcel) => send(name, parcel, { resolve, reject }), reject)
          .finally(() => packing.delete(packed))
        packing.add(packed)
      }) as ReturnType<BulkCalls[typeof name]>,
    async close() {
      closed = true
      await Promise.all(packing)
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
    if ('result' in reply && reply.result.strings) void takeLarge(reply.id, reply.result)
    else take(reply.id, reply)
  })
  function take(replyId: number, reply: Reply): void {
    const at = waiting.findIndex(({ id }) => id === replyId)
    settle(waiting.splice(at, at < 0 ? 0 : 1)[0], reply)
    // An idle worker does not keep the process alive; a busy one does.
    if (waiting.length === 0) worker.unref()
  }
  async function takeLarge(id: number, parcel: Parcel): Promise<void> {
    take(id, { result: { value: await unpack(parcel) } })
  }
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
      const { strings } = request.args
      worker.postMessage(request, strings ? [strings] : [])
    },
    async close() {
      worker.ref()
      worker.postMessage({ close: true } satisfies BulkRequest)
      await ended.promise
    },
  }
}

type Reply = { result: Parcel } | { error: BulkError }

function settle(waiting: Waiting | undefined, reply: Reply): void {
  if ('error' in reply) {
    const { code, ...options } = reply.error
    waiting?.reject(new AppError(code, options))
    return
  }
  waiting?.resolve(reply.result.value)
}
