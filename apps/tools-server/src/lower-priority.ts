import { readdirSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** Of 19, where each step down leaves about a fifth less of a processor that others want as well. */
const niceness = 5

/**
 * Lets the main API, which only waits, go before this process, which computes: it changes nothing while there are processors
 * to spare. All that is started from here inherits it, at no cost. Nothing happens where that is not allowed, and a
 * priority that is lower already stays.
 */
export function lowerPriority(): void {
  for (const id of threads()) lower(id)
}

/** On Linux a priority is a thread's; elsewhere the process's, 0 being this one. */
function threads(): number[] {
  if (process.platform !== 'linux') return [0]
  try {
    return readdirSync('/proc/self/task').map(Number)
  } catch {
    return [0]
  }
}

function lower(id: number): void {
  try {
    if (getPriority(id) < niceness) setPriority(id, niceness)
  } catch {
    // Not allowed here, or a thread that has just ended.
  }
}
