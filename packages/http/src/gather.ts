import { atTurnEnd } from './turn-end.ts'

/** Pieces of an answer that are handed over within one turn of the event loop, to leave as one at its end. */
export interface Gatherer {
  add(piece: string | Buffer): void
  /** Lets go at once what waits. */
  flush(): void
}

/** A turn that does not end must not gather for ever. */
const mostLength = 64 * 1024

/**
 * One read from a fast upstream holds hundreds of events, each of which would cost a write of its own; of a slow one it
 * holds one, which then is not copied.
 */
export function createGatherer(leave: (pieces: string | Buffer) => void): Gatherer {
  let first: string | Buffer | undefined
  let others: (string | Buffer)[] = []
  let length = 0

  function flush(): void {
    if (first === undefined) return
    const pieces = others.length === 0 ? first : join(first, others)
    first = undefined
    if (others.length > 0) others = []
    leave(pieces)
  }
  return {
    flush,
    add(piece) {
      if (first === undefined) {
        first = piece
        length = piece.length
        atTurnEnd(flush)
        return
      }
      others.push(piece)
      length += piece.length
      if (length > mostLength) flush()
    },
  }
}

function join(first: string | Buffer, others: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat([first, ...others].map(toBuffer))
}

function toBuffer(piece: string | Buffer): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : piece
}
