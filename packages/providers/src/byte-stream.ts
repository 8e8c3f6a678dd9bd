/** A step that bytes pass on their way, and that may keep some for later. Both functions may throw. */
export interface Stage {
  /** What comes of these bytes: bytes, nothing yet, or (rarely) several pieces. */
  take(bytes: Buffer): Buffer | Iterable<Buffer> | undefined
  /** What is left to say at the end. */
  end?(): Iterable<Buffer>
}

/** Where bytes go. */
export interface ByteSink {
  /** Returns nothing where more may come at once, else a promise that resolves when it may. */
  write(bytes: Buffer): Promise<void> | undefined
}

/**
 * Bytes as they arrive, for one reader. Leaving the loop early aborts what sends them. `through` and `pipeTo` say what a
 * generator around the stream and a loop over it would say better; those cost more per event than all else that we do.
 */
export interface ByteStream extends AsyncIterable<Buffer> {
  /** The same stream, whose bytes pass this stage too; to be called before reading starts. */
  through(stage: Stage): ByteStream
  /** Writes all that comes, as fast as the sink takes it. Resolves at the end, throws what a loop would throw. */
  pipeTo(sink: ByteSink): Promise<void>
}

/** Stages in a row. */
export interface Pipeline {
  add(stage: Stage): void
  /**
   * What comes out behind the last stage: returned where it is one piece, as nearly always; else added to `out`, also what
   * came before a stage threw.
   */
  pass(bytes: Buffer, out: Buffer[]): Buffer | undefined
  /** The same, all of it added to `out`. */
  take(bytes: Buffer, out: Buffer[]): void
  end(out: Buffer[]): void
}

export function createPipeline(): Pipeline {
  const stages: Stage[] = []

  function passFrom(first: number, bytes: Buffer, out: Buffer[]): Buffer | undefined {
    let current = bytes
    for (let at = first; at < stages.length; at += 1) {
      const taken = stages[at]?.take(current)
      if (!(taken instanceof Uint8Array)) {
        for (const piece of taken ?? []) takeFrom(at + 1, piece, out)
        return undefined
      }
      current = taken
    }
    return current
  }
  function takeFrom(first: number, bytes: Buffer, out: Buffer[]): void {
    const piece = passFrom(first, bytes, out)
    if (piece) out.push(piece)
  }
  return {
    add: (stage) => void stages.push(stage),
    pass: (bytes, out) => passFrom(0, bytes, out),
    take: (bytes, out) => takeFrom(0, bytes, out),
    end(out) {
      for (const [at, stage] of stages.entries()) {
        for (const piece of stage.end?.() ?? []) takeFrom(at + 1, piece, out)
      }
    },
  }
}
