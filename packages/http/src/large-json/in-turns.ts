import { setImmediate as nextTurn } from 'node:timers/promises'

/** Long work in slices: what is awaited between its steps lets others have their turn once a slice is over. */
export function createTurns(sliceMs = 5): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < sliceMs) return
    await nextTurn()
    since = performance.now()
  }
}
