import { createPipeline, type ByteSink, type ByteStream, type Pipeline } from '../byte-stream.ts'

/** What a response's sender can be told, so that a slow reader slows it. */
export interface Flow {
  pause(): void
  resume(): void
  abort(reason: Error): void
}

/** Bytes that a socket pushes, to be pulled one by one or piped. */
export interface BodyQueue extends ByteStream {
  push(chunk: Buffer): void
  end(): void
  fail(error: unknown): void
  isPaused(): boolean
}

interface Failure {
  error: unknown
}

/** Above this many waiting bytes the sender is paused. */
const highWaterMark = 64 * 1024

/**
 * The seam between undici's callbacks and our generators; the only queue in the house. It holds at most one socket read
 * above the mark. The stages work when the reader asks, so they may be added after the first bytes came.
 * @param describe makes of a failure what the reader is thrown
 */
export function createBodyQueue(
  flow: Flow,
  describe: (error: unknown) => unknown = (error) => error,
): BodyQueue {
  const chunks = createChunks(flow)
  const pipeline = createPipeline()
  const source = createSource({ chunks, pipeline, flow, describe })
  /** Set while a reader waits for more: a pending `next`, or a sink that takes more. */
  let reader: Reader | undefined
  const waitWith = (waiting: Reader | undefined): void => {
    reader = waiting
  }
  return {
    isPaused: chunks.isPaused,
    through(stage) {
      pipeline.add(stage)
      return this
    },
    push(chunk) {
      if (source.isOver()) return
      if (reader?.pass) {
        reader.pass(chunk)
        return
      }
      chunks.add(chunk)
      reader?.wake()
    },
    end() {
      source.end('done')
      reader?.wake()
    },
    fail(error) {
      source.end({ error })
      reader?.wake()
    },
    pipeTo: (sink) => pipeTo(sink, source, waitWith),
    [Symbol.asyncIterator]: () => ({
      next: () => readNext(source, waitWith),
      async return() {
        source.leave()
        return finished
      },
    }),
  }
}

const finished: IteratorResult<Buffer> = { done: true, value: undefined }

/** What the reader sees: the chunks behind the stages, then how it ends. */
interface Source {
  /** The next piece, the end, or nothing yet. @throws what ended the stream */
  produce(): IteratorResult<Buffer> | undefined
  /** A chunk past the queue, which must be empty. Undefined where `produce` has the rest to tell. */
  straight(chunk: Buffer): Buffer | undefined
  end(how: 'done' | Failure): void
  /** The reader wants no more. */
  leave(): void
  isOver(): boolean
}

interface SourceParts {
  chunks: Chunks
  pipeline: Pipeline
  flow: Flow
  describe(error: unknown): unknown
}

function createSource({ chunks, pipeline, flow, describe }: SourceParts): Source {
  const ready: Buffer[] = []
  /** What follows the chunks, and what follows the bytes that are ready. */
  let senderEnd: 'done' | Failure | undefined
  let readerEnd: 'done' | Failure | undefined

  function abort(): void {
    chunks.clear()
    if (!senderEnd) flow.abort(new Error('The reader left.'))
  }
  /** What a stage throws ends the stream, behind the bytes that came before it. */
  function failWith(error: unknown): void {
    readerEnd = { error }
    abort()
  }
  function straight(chunk: Buffer): Buffer | undefined {
    try {
      return pipeline.pass(chunk, ready)
    } catch (error) {
      failWith(error)
      return undefined
    }
  }
  function endStages(): void {
    try {
      readerEnd = senderEnd
      if (senderEnd === 'done') pipeline.end(ready)
    } catch (error) {
      failWith(error)
    }
  }
  return {
    straight,
    produce() {
      while (ready.length === 0 && !readerEnd) {
        const chunk = chunks.take()
        if (!chunk && !senderEnd) return undefined
        const piece = chunk ? straight(chunk) : endStages()
        if (piece) return { done: false, value: piece }
      }
      const value = ready.shift()
      if (value) return { done: false, value }
      if (readerEnd && readerEnd !== 'done') throw describe(readerEnd.error)
      return finished
    },
    end(how) {
      senderEnd ??= how
    },
    leave() {
      readerEnd = 'done'
      ready.length = 0
      abort()
    },
    isOver: () => readerEnd !== undefined,
  }
}

interface Reader {
  wake(): void
  /** Where it takes chunks as they come, past the queue. */
  pass?(chunk: Buffer): void
}

type WaitWith = (reader: Reader | undefined) => void

function pipeTo(sink: ByteSink, source: Source, waitWith: WaitWith): Promise<void> {
  return new Promise((resolve, reject) => {
    function pump(): void {
      try {
        const drained = writeAll(sink, source)
        if (drained === 'end') resolve()
        else if (drained) waitForDrain(drained)
      } catch (error) {
        fail(error)
      }
    }
    function fail(error: unknown): void {
      waitWith(undefined)
      source.leave()
      reject(error)
    }
    function pass(chunk: Buffer): void {
      const bytes = source.straight(chunk)
      if (!bytes) {
        pump()
        return
      }
      try {
        const drained = sink.write(bytes)
        if (drained) waitForDrain(drained)
      } catch (error) {
        fail(error)
      }
    }
    function goOn(): void {
      waitWith({ wake: pump, pass })
      pump()
    }
    function waitForDrain(drained: Promise<void>): void {
      waitWith(undefined)
      void drained.then(goOn)
    }
    goOn()
  })
}

/** Until there is no more for now, the sink is full or the stream has ended. */
function writeAll(sink: ByteSink, source: Source): Promise<void> | 'end' | undefined {
  for (let result = source.produce(); result; result = source.produce()) {
    if (result.done) return 'end'
    const drained = sink.write(result.value)
    if (drained) return drained
  }
  return undefined
}

function readNext(source: Source, waitWith: WaitWith): Promise<IteratorResult<Buffer>> {
  return new Promise((resolve, reject) => {
    function wake(): void {
      try {
        const result = source.produce()
        if (!result) return
        waitWith(undefined)
        resolve(result)
      } catch (error) {
        waitWith(undefined)
        reject(error)
      }
    }
    waitWith({ wake })
    wake()
  })
}

interface Chunks {
  add(chunk: Buffer): void
  take(): Buffer | undefined
  clear(): void
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
    clear() {
      waiting.length = 0
      bytes = 0
    },
  }
}
