import { setImmediate as nextLoop } from 'node:timers/promises'

/**
 * Lets those who begin at once go on one after the other, each in a round of the event loop of its own: between two of them
 * whatever else came in is answered.
 */
export function createStagger(): () => Promise<void> {
  let last = Promise.resolve()
  return () => {
    last = last.then(() => nextLoop())
    return last
  }
}
