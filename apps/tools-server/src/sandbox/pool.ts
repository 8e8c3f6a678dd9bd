import type { SandboxProcess } from './process.ts'

export interface PoolOptions {
  /** How many wait, started and unused. */
  size: number
  start: () => SandboxProcess
  /** Whether now is a time to start another one. */
  mayRefill?: () => boolean
}

/** Warm sandboxes, each used once. */
export interface WarmPool {
  /** One that is ready or about to be; undefined where there is none. */
  take(): SandboxProcess | undefined
  refill(): void
  /** Those that wait. */
  idle(): readonly SandboxProcess[]
  close(): Promise<void>
}

const longestPauseMs = 60_000

export function createPool({ size, start, mayRefill = () => true }: PoolOptions): WarmPool {
  const idle = new Map<SandboxProcess, { isReady: boolean }>()
  let closed = false
  let failures = 0
  let pausedUntil = 0

  function refill(): void {
    if (closed || !mayRefill() || Date.now() < pausedUntil) return
    for (let missing = size - idle.size; missing > 0; missing -= 1) add()
  }

  function add(): void {
    const sandbox = start()
    const state = { isReady: false }
    idle.set(sandbox, state)
    void follow(sandbox, state)
  }

  async function follow(sandbox: SandboxProcess, state: { isReady: boolean }): Promise<void> {
    try {
      await sandbox.ready
      failures = 0
      state.isReady = true
    } catch {
      // Its end says the same.
    }
    await sandbox.ended
    // One that ends unused is replaced, though not at once and for ever.
    if (!idle.delete(sandbox)) return
    failures += 1
    const pauseMs = Math.min(longestPauseMs, 500 * 2 ** failures)
    pausedUntil = Date.now() + pauseMs
    setTimeout(refill, pauseMs + 1).unref()
  }

  function take(): SandboxProcess | undefined {
    const entries = [...idle]
    const [best] = entries.find(([, { isReady }]) => isReady) ?? entries[0] ?? []
    if (best) idle.delete(best)
    return best
  }

  return {
    take,
    refill,
    idle: () => [...idle.keys()],
    async close() {
      closed = true
      const waiting = [...idle.keys()]
      idle.clear()
      for (const sandbox of waiting) sandbox.kill()
      await Promise.all(waiting.map(({ ended }) => ended))
    },
  }
}
