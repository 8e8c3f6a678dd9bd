/**
 * all-MiniLM-L6-v2 in a process of its own: a busy model holds up no request. Not a thread, for the library under it (ONNX
 * runtime 1.14) can be loaded by one thread of a process and never again, and a fault in it would take the server along.
 */
import { createCallProcess } from '../threads/call-process.ts'
import type { LocalCalls, LocalWorkerData } from './local-worker.ts'
import type { Embedder } from './types.ts'

export interface LocalEmbedder extends Embedder {
  /** @throws AppError `internal_error` where the weights cannot be read */
  load(): Promise<void>
  close(): Promise<void>
}

export function createLocalEmbedder(name: string, data: LocalWorkerData): LocalEmbedder {
  const worker = createCallProcess<LocalCalls>({
    url: new URL('./local-worker.ts', import.meta.url),
    data,
  })
  return {
    name,
    load: async () => void (await worker.call('load')),
    async embed(texts, { signal, urgent = false }) {
      signal.throwIfAborted()
      const [tokens, ...vectors] = await worker.call('embed', texts, urgent)
      signal.throwIfAborted()
      return { vectors, tokens }
    },
    close: () => worker.close(),
  }
}
