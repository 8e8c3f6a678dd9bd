/**
 * When the main thread held up everybody. A timer that fires late tells that something ran that long. What the kernel says
 * that the thread waited for a processor meanwhile is taken off, and what it computed is told beside it, so that a busy
 * machine is not blamed on the program.
 */
import { openSync, readSync } from 'node:fs'

const everyMs = 5
/** Shorter ones are not told. */
const leastMs = 10

/** Times in ms. */
export interface Held {
  /** How late the timer was. */
  lateMs: number
  /** The same without what the thread waited for a processor. */
  blockedMs: number
  /** What the thread computed. */
  computedMs: number
}

/** @param see is not itself taken for what holds up. Gives what ends it. */
export function watchThread(see: (held: Held) => void): () => void {
  const waited = createWaitClock()
  const look = (): Look => ({ at: performance.now(), waited: waited(), cpu: cpuMs() })
  let before = look()
  const timer = setInterval(() => {
    const now = look()
    const lateMs = now.at - before.at - everyMs
    const blockedMs = lateMs - (now.waited - before.waited)
    const computedMs = now.cpu - before.cpu
    before = now
    if (lateMs < leastMs) return
    see({ blockedMs, computedMs, lateMs })
    before = look()
  }, everyMs).unref()
  return () => clearInterval(timer)
}

interface Look {
  at: number
  waited: number
  cpu: number
}

/** What this thread has computed. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** How long this thread has waited for a processor, in ms; what Linux alone tells. */
function createWaitClock(): () => number {
  const bytes = Buffer.alloc(128)
  const file = openOrNone('/proc/self/schedstat')
  return () => {
    if (file === undefined) return 0
    const length = readSync(file, bytes, 0, bytes.length, 0)
    return Number(bytes.toString('latin1', 0, length).split(' ')[1]) / 1e6
  }
}

function openOrNone(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch {
    return undefined
  }
}
