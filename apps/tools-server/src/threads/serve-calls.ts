/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
/** The answering side of calls, in a worker thread or a process of its own. */
import { parentPort, type Transferable } from 'node:worker_threads'
import { toAppError } from '@tandem/schemas'
import type { CallMap, CallReply, CallRequest } from './calls.ts'

type Call = Exclude<CallRequest, { close: true }>

export interface ServeOptions {
  close(): Promise<void> | void
}

export function serveCalls<Calls extends CallMap<Calls>>(
  calls: Calls,
  { close }: ServeOptions,
): void {
  const running = new Set<Promise<void>>()

  async function end(): Promise<void> {
    await Promise.all(running)
    await close()
    if (parentPort) parentPort.close()
    else process.disconnect()
  }

  // A process whose server is gone, in whatever way, has nothing left to do.
  if (!parentPort) process.once('disconnect', () => process.exit())
  const source = parentPort ?? process
  source.on('message', (request: CallRequest) => {
    if ('close' in request) {
      void end()
      return
    }
    const answering = answer(calls, request).finally(() => running.delete(answering))
    running.add(answering)
  })
}

async function answer<Calls extends CallMap<Calls>>(calls: Calls, call: Call): Promise<void> {
  const reply = await run(calls, call)
  if (parentPort) parentPort.postMessage(reply, 'value' in reply ? buffersOf(reply.value) : [])
  else process.send?.(reply)
}

async function run<Calls extends CallMap<Calls>>(
  calls: Calls,
  { id, name, args }: Call,
): Promise<CallReply> {
  try {
    const call = calls[name as keyof Calls] as unknown as (...args: unknown[]) => unknown
    return { id, value: await call(...args) }
  } catch (thrown) {
    const { code, message, cause, retryAfterMs } = toAppError(thrown)
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : undefined
    return { id, error: { code, message, retryAfterMs, why } }
  }
}

/** Vectors are handed over instead of copied. */
function buffersOf(value: unknown): Transferable[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) =>
    item instanceof Float32Array && item.byteLength === item.buffer.byteLength
      ? [item.buffer as ArrayBuffer]
      : [],
  )
}
