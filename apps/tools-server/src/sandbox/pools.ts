import { createPool } from './pool.ts'
import type { SandboxProcess } from './process.ts'

export interface PoolsOptions {
  start: (preload?: readonly string[]) => SandboxProcess
  size: number
  /** Loaded beforehand in one sandbox, for code that names them. */
  modules: readonly string[]
  /** While something runs, nothing heavy is started. */
  isBusy: () => boolean
}

/** Bare warm sandboxes, and one with the slow libraries loaded. */
export interface Pools {
  /** A ready sandbox. @throws Error when none can be started; the signal's reason when aborted */
  obtain(code: string, signal: AbortSignal): Promise<SandboxProcess>
  /** Remembers the sandbox while it works, so that `close` ends it too. */
  using<Result>(sandbox: SandboxProcess, work: () => Promise<Result>): Promise<Result>
  refill(): void
  idle(): readonly SandboxProcess[]
  close(): Promise<void>
}

const quietMs = 200

export function createPools({ start, size, modules, isBusy }: PoolsOptions): Pools {
  const bare = createPool({ size, start: () => start() })
  const loaded = createPool({
    size: size > 0 && modules.length > 0 ? 1 : 0,
    start: () => start(modules),
    mayRefill: () => !isBusy(),
  })
  const working = new Set<SandboxProcess>()
  const names = modules.map((name) => name.split('.')[0] ?? name)
  const usesModules = new RegExp(`\\b(${names.join('|')})\\b`)
  let quiet: NodeJS.Timeout | undefined

  return {
    async obtain(code, signal) {
      const wanted = names.length > 0 && usesModules.test(code) ? [loaded, bare] : [bare]
      for (const pool of wanted) {
        const sandbox = pool.take()
        if (sandbox && (await isReady(sandbox, signal))) return sandbox
      }
      const sandbox = start()
      await untilReady(sandbox, signal)
      return sandbox
    },
    async using(sandbox, work) {
      working.add(sandbox)
      try {
        return await work()
      } finally {
        working.delete(sandbox)
      }
    },
    refill() {
      bare.refill()
      clearTimeout(quiet)
      quiet = setTimeout(loaded.refill, quietMs)
      quiet.unref()
    },
    idle: () => [...bare.idle(), ...loaded.idle()],
    async close() {
      clearTimeout(quiet)
      for (const sandbox of working) sandbox.kill()
      await Promise.all([bare.close(), loaded.close(), ...[...working].map(({ ended }) => ended)])
    },
  }
}

async function isReady(sandbox: SandboxProcess, signal: AbortSignal): Promise<boolean> {
  try {
    await untilReady(sandbox, signal)
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}

/** @throws Error when it cannot start; the signal's reason when aborted, and then it is killed */
export async function untilReady(sandbox: SandboxProcess, signal: AbortSignal): Promise<void> {
  signal.addEventListener('abort', sandbox.kill, { once: true })
  if (signal.aborted) sandbox.kill()
  try {
    await sandbox.ready
  } finally {
    signal.removeEventListener('abort', sandbox.kill)
  }
}
