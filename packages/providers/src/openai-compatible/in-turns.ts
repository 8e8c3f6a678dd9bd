/** Work on bodies of megabytes, in slices between which other requests have their turn. */
import { setImmediate as nextTurn } from 'node:timers/promises'

/** What is smaller is done in one go: it takes a millisecond. */
export const largeFrom = 256 * 1024

export type Turns = () => Promise<void>

/** Awaited between two steps. */
export function createTurns(sliceMs = 5): Turns {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < sliceMs) return
    await nextTurn()
    since = performance.now()
  }
}

const pieceBytes = 2 * 2 ** 20

/** As `Buffer.concat`: memory that was never used is slow to touch. */
export async function joinInTurns(parts: readonly Buffer[], turns: Turns): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const part of parts) {
    for (let from = 0; from < part.length; from += pieceBytes) {
      end += part.copy(whole, end, from, Math.min(part.length, from + pieceBytes))
      await turns()
    }
  }
  return whole
}
