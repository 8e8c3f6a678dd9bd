import { readFileSync, readdirSync } from 'node:fs'

const pageBytes = 4096

export interface MemoryWatchOptions {
  /** Of one run's processes together. */
  limitBytes: number
  /** When the machine has less than this available, the largest run is ended. */
  floorBytes: number
  everyMs?: number
}

export interface WatchedRun {
  /** The process whose descendants count, as the host numbers it; undefined while unknown. */
  processId: () => number | undefined
  onLimit: () => void
}

/** Samples the memory of running sandboxes from outside. */
export interface MemoryWatch {
  /** Watches until `stop`; `peak` is the most that was seen, in bytes. */
  watch(run: WatchedRun): { stop(): void; peak(): number }
}

interface Watched extends WatchedRun {
  now: number
  peak: number
}

export function createMemoryWatch(options: MemoryWatchOptions): MemoryWatch {
  const { limitBytes, floorBytes, everyMs = 50 } = options
  const runs = new Set<Watched>()
  let timer: NodeJS.Timeout | undefined

  function sample(): void {
    for (const run of runs) measure(run)
    if (availableBytes() < floorBytes) largest(runs)?.onLimit()
  }

  function measure(run: Watched): void {
    const root = run.processId()
    if (root === undefined) return
    const tree = descendants(root)
    run.now = sum(tree, privateBytes)
    // Pages that processes share after a fork were counted for each of them: the exact figure costs more to read.
    if (run.now > limitBytes) run.now = sum(tree, proportionalBytes)
    run.peak = Math.max(run.peak, run.now)
    if (run.now > limitBytes) run.onLimit()
  }

  return {
    watch(run) {
      const watched: Watched = { ...run, now: 0, peak: 0 }
      runs.add(watched)
      timer ??= setInterval(sample, everyMs)
      return {
        peak: () => watched.peak,
        stop() {
          runs.delete(watched)
          if (runs.size > 0) return
          clearInterval(timer)
          timer = undefined
        },
      }
    },
  }
}

function largest(runs: Iterable<Watched>): Watched | undefined {
  return [...runs].toSorted((a, b) => b.now - a.now)[0]
}

function sum(processes: readonly number[], bytesOf: (pid: number) => number): number {
  return processes.reduce((total, pid) => total + bytesOf(pid), 0)
}

/** The process and all below it. */
export function descendants(root: number): number[] {
  const found = [root]
  for (const pid of found) found.push(...childrenOf(pid))
  return found
}

function childrenOf(pid: number): number[] {
  return list(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  )
}

/** Resident pages that belong to no file. */
function privateBytes(pid: number): number {
  const [, resident = 0, shared = 0] = read(`/proc/${pid}/statm`).split(' ').map(Number)
  return (resident - shared) * pageBytes + sharedMemoryBytes(pid)
}

/** Anonymous memory that is shared (multiprocessing) is nobody's private page, but is in RAM all the same. */
function sharedMemoryBytes(pid: number): number {
  return kilobytes(read(`/proc/${pid}/status`), 'RssShmem') * 1024
}

function proportionalBytes(pid: number): number {
  const text = read(`/proc/${pid}/smaps_rollup`)
  return (kilobytes(text, 'Pss_Anon') + kilobytes(text, 'Pss_Shmem')) * 1024
}

function availableBytes(): number {
  const text = read('/proc/meminfo')
  return text === '' ? Infinity : kilobytes(text, 'MemAvailable') * 1024
}

function kilobytes(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
}

/** Empty for a process that has gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
