/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
/** The worker thread: a connection of its own, and the calls that take long. */
import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '@tandem/schemas'
import { openStore } from '../sqlite/store.ts'
import {
  createBulkCalls,
  type BulkReply,
  type BulkRequest,
  type BulkWorkerData,
} from './bulk-calls.ts'
import { newId } from './new-id.ts'
import { isBulky, pack, unpack } from './parcel.ts'

type Call = Exclude<BulkRequest, { close: true }>

const { path, patienceMs } = workerData as BulkWorkerData
const store = await openStore({
  path,
  checkpoints: true,
  ...(patienceMs !== undefined && { patienceMs }),
})
const calls = createBulkCalls({ ...store, now: Date.now, newId })

const running = new Set<Promise<void>>()

async function run({ id, name, args }: Call): Promise<BulkReply> {
  try {
    const call = calls[name] as (...args: unknown[]) => Promise<unknown>
    const value = await call(...((await unpack(args)) as unknown[]))
    return { id, result: isBulky(value) ? await pack(value) : { value } }
  } catch (thrown) {
    const { code, message, cause, retryAfterMs } = toAppError(thrown)
    const why = cause instanceof Error ? `${message} (${cause.message})` : message
    return { id, error: { code, message: why, retryAfterMs } }
  }
}

async function answer(call: Call): Promise<void> {
  const reply = await run(call)
  const port = 'result' in reply ? reply.result.strings : undefined
  parentPort?.postMessage(reply, port ? [port] : [])
}

async function close(): Promise<void> {
  await Promise.all(running)
  await store.close()
  parentPort?.close()
}

parentPort?.on('message', (request: BulkRequest) => {
  if ('close' in request) {
    void close()
    return
  }
  const answering = answer(request).finally(() => running.delete(answering))
  running.add(answering)
})
