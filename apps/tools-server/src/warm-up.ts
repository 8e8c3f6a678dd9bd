import { setImmediate as nextTurn } from 'node:timers/promises'

/** Does what is slow the first time before anybody waits for it: one piece after the other, requests coming between. */
export async function warmUp(pieces: Iterable<() => void>): Promise<void> {
  for (const piece of pieces) {
    await nextTurn()
    piece()
  }
}
