/** A step that bytes pass on their way, and that may keep some for later. Both functions may throw. */
export interface Stage {
  /** What comes of these bytes: bytes, nothing yet, or (rarely) several pieces. */
  take(bytes: Buffer): Buffer | Iterable<Buffer> | undefined
  /** What is left to say at the end. */
  end?(): Iterable<Buffer>
}

/**
 * The bytes of `source` after a stage. What reads best, a generator around the stream, costs more per event than all the
 * stages' work: this hands a whole event on with one promise.
 */
export function throughStage(
  source: AsyncIterable<Buffer>,
  stage: Stage,
): AsyncIterableIterator<Buffer> {
  const input = source[Symbol.asyncIterator]()
  let pieces: Iterator<Buffer> | undefined
  let ended = false

  const next = (): Promise<IteratorResult<Buffer>> => {
    if (pieces) return nextPiece(pieces)
    return ended ? Promise.resolve(finished) : input.next().then(advance)
  }
  function advance(
    read: IteratorResult<Buffer>,
  ): IteratorResult<Buffer> | Promise<IteratorResult<Buffer>> {
    if (read.done) {
      ended = true
      pieces = stage.end?.()[Symbol.iterator]()
      return next()
    }
    const out = takeOrLeave(read.value)
    if (Buffer.isBuffer(out)) return { done: false, value: out }
    pieces = out?.[Symbol.iterator]()
    return next()
  }
  function takeOrLeave(bytes: Buffer): ReturnType<Stage['take']> {
    try {
      return stage.take(bytes)
    } catch (error) {
      leave()
      throw error
    }
  }
  async function nextPiece(several: Iterator<Buffer>): Promise<IteratorResult<Buffer>> {
    try {
      const piece = several.next()
      if (!piece.done) return piece
    } catch (error) {
      leave()
      throw error
    }
    pieces = undefined
    return next()
  }
  /** The sender is told that nobody reads on; how that ends is of no interest any more. */
  function leave(): void {
    ended = true
    pieces = undefined
    void input.return?.()
  }
  return {
    next,
    async return() {
      leave()
      return finished
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

const finished: IteratorResult<Buffer> = { done: true, value: undefined }
