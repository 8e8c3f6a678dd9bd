/**
 * Loaded into a server before all else (`node --import`): writes down when its main thread held up everybody. A timer that
 * fires late tells that something ran that long. What the kernel says that the thread waited for a processor meanwhile is
 * taken off, and what it computed is told beside it, so that a busy machine is not blamed on the server.
 */
import { appendFileSync, openSync, readSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const everyMs = 5
/** Shorter ones are not written down. */
const leastMs = 10

const path = process.env['EVENT_LOOP_LOG']
// Children are no servers.
delete process.env['EVENT_LOOP_LOG']
if (path !== undefined && isMainThread) watch(path)

function watch(log: string): void {
  const waited = createWaitClock()
  const look = (): Look => ({ at: performance.now(), waited: waited(), cpu: cpuMs() })
  let before = look()
  setInterval(() => {
    const now = look()
    const lateMs = now.at - before.at - everyMs
    const blockedMs = lateMs - (now.waited - before.waited)
    const computedMs = now.cpu - before.cpu
    before = now
    if (blockedMs < leastMs) return
    appendFileSync(log, `${JSON.stringify({ blockedMs, computedMs, lateMs })}\n`)
    // Writing it down is nobody else's fault.
    before = look()
  }, everyMs).unref()
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
