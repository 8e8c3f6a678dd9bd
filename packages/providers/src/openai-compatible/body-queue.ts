/** What a response's sender can be told, so that a slow reader slows it. */
export interface Flow {
  pause(): void
  resume(): void
  abort(reason: Error): void
}

/** Bytes that a socket pushes, as an async iterable that is pulled. */
export interface BodyQueue extends AsyncIterableIterator<Buffer> {
  push(chunk: Buffer): void
  end(): void
  fail(error: unknown): void
  isPaused(): boolean
}

interface Waiter {
  resolve(result: IteratorResult<Buffer>): void
  reject(error: unknown): void
}

/** Above this many waiting bytes the sender is paused. */
const highWaterMark = 64 * 1024

/**
 * The seam between undici's callbacks and our generators; the only queue in the house. It holds at most one socket read
 * above the mark. Leaving the loop early aborts the request. One reader.
 */
export function createBodyQueue(flow: Flow): BodyQueue {
  const chunks = createChunks(flow)
  let done = false
  let failure: { error: unknown } | undefined
  let waiter: Waiter | undefined

  function takeWaiter(): Waiter | undefined {
    const taken = waiter
    waiter = undefined
    return taken
  }
  return {
    isPaused: chunks.isPaused,
    push(chunk) {
      const reader = takeWaiter()
      if (reader) reader.resolve({ done: false, value: chunk })
      else chunks.add(chunk)
    },
    end() {
      done = true
      takeWaiter()?.resolve({ done: true, value: undefined })
    },
    fail(error) {
      if (done) return
      done = true
      failure = { error }
      takeWaiter()?.reject(error)
    },
    next() {
      const chunk = chunks.take()
      if (chunk) return Promise.resolve({ done: false, value: chunk })
      if (failure) return Promise.reject(failure.error)
      if (done) return Promise.resolve({ done: true, value: undefined })
      return new Promise((resolve, reject) => {
        waiter = { resolve, reject }
      })
    },
    async return() {
      if (!done) flow.abort(new Error('The reader left.'))
      done = true
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

interface Chunks {
  add(chunk: Buffer): void
  take(): Buffer | undefined
  isPaused(): boolean
}

/** What waits for the reader; pauses the sender above the mark, resumes it below half of it. */
function createChunks(flow: Flow): Chunks {
  const waiting: Buffer[] = []
  let bytes = 0
  let paused = false
  return {
    isPaused: () => paused,
    add(chunk) {
      waiting.push(chunk)
      bytes += chunk.length
      if (paused || bytes < highWaterMark) return
      paused = true
      flow.pause()
    },
    take() {
      const chunk = waiting.shift()
      bytes -= chunk?.length ?? 0
      if (paused && bytes < highWaterMark / 2) {
        paused = false
        flow.resume()
      }
      return chunk
    },
  }
}
