/** What a process holds, and which of its threads holds it. */
import { readFileSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'

export interface MemoryWatch {
  /** In MiB: of the process what is resident, of that its own and mapped files; of each thread V8's heap and what hangs on it. */
  sample(): Promise<MemorySample>
  close(): void
}

export interface MemorySample {
  residentMb: number
  ownMb: number
  filesMb: number
  /** `used/reserved+external`, the main thread's first. */
  heaps: string[]
}

/** Knows the threads that are started from now on. */
export function watchMemory(): MemoryWatch {
  const workers: Worker[] = []
  const onWorker = (worker: Worker): void => {
    workers.push(worker)
    worker.once('exit', () => workers.splice(workers.indexOf(worker), 1))
  }
  process.on('worker', onWorker)
  return {
    async sample() {
      const { heapUsed, heapTotal, external } = process.memoryUsage()
      // Idle threads do not keep the process alive until they have answered.
      const alive = setInterval(() => undefined, 1000)
      const others = await Promise.all(
        workers.map(async (worker) => {
          const heap = await worker.getHeapStatistics()
          const { used_heap_size, total_heap_size, external_memory } = heap
          return toText(used_heap_size, total_heap_size, external_memory)
        }),
      ).finally(() => clearInterval(alive))
      return { ...residence(), heaps: [toText(heapUsed, heapTotal, external), ...others] }
    },
    close: () => void process.off('worker', onWorker),
  }
}

function toText(used: number, reserved: number, external: number): string {
  return `${toMb(used)}/${toMb(reserved)}+${toMb(external)}`
}

function toMb(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10
}

/** As Linux tells it. */
function residence(): Omit<MemorySample, 'heaps'> {
  const status = readFileSync('/proc/self/status', 'utf8')
  const read = (name: string): number =>
    toMb(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024)
  return { residentMb: read('VmRSS'), ownMb: read('RssAnon'), filesMb: read('RssFile') }
}
