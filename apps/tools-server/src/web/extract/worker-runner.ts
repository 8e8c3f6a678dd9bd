import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { orAborted } from '../../or-aborted.ts'

/** Runs jobs one after another in a thread of their own, which is started when it is needed. */
export interface WorkerRunner<Job, Answer> {
  /** Rejects when the time is up, the thread broke or is not ready, too many jobs wait, or the signal aborts. */
  run(job: Job, options: { signal: AbortSignal }): Promise<Answer>
  close(): Promise<void>
}

export interface WorkerLimits {
  /** For one job, once the thread is ready; whoever takes longer ends the thread. */
  timeoutMs: number
  /** How long after its start jobs wait for a thread to be ready; it goes on starting, for later ones. */
  startWaitMs: number
  maxWaiting: number
}

const memoryMb = 256
/** How long a thread without work is kept. */
const idleMs = 60_000

/** The script posts one message when it is ready, then one for each job. */
export function createWorkerRunner<Job, Answer>(
  script: URL,
  { timeoutMs, startWaitMs, maxWaiting }: WorkerLimits,
): WorkerRunner<Job, Answer> {
  let current: Thread | undefined
  let idle: NodeJS.Timeout | undefined
  let waiting = 0
  let tail: Promise<unknown> = Promise.resolve()

  const stop = async (): Promise<void> => {
    clearTimeout(idle)
    const thread = current
    current = undefined
    await thread?.worker.terminate()
  }
  const readyWorker = async (signal: AbortSignal): Promise<Worker> => {
    clearTimeout(idle)
    if (!current || current.ended()) current = startThread(script, startWaitMs)
    const { isReady, patience, worker, ready } = current
    if (!isReady()) await orAborted(ready, AbortSignal.any([signal, patience]))
    return worker
  }
  const work = async (job: Job, signal: AbortSignal): Promise<Answer> => {
    signal.throwIfAborted()
    const worker = await readyWorker(signal)
    try {
      const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const answered = once(worker, 'message', { signal: either })
      // Threads have no origins.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage(job)
      const [answer] = (await answered) as [Answer]
      idle = setTimeout(() => void stop(), idleMs).unref()
      return answer
    } catch (error) {
      await stop()
      throw error
    }
  }
  return {
    async run(job, { signal }) {
      if (waiting >= maxWaiting) throw new Error('Too many jobs wait for this worker.')
      waiting += 1
      const turn = tail.then(() => work(job, signal)).finally(() => (waiting -= 1))
      tail = turn.catch(() => undefined)
      return turn
    },
    close: stop,
  }
}

interface Thread {
  worker: Worker
  ready: Promise<unknown>
  /** Aborts when a thread that starts is waited for no longer. */
  patience: AbortSignal
  isReady(): boolean
  ended(): boolean
}

/** It is handed nothing: no environment, no arguments. It keeps no process alive. */
function startThread(script: URL, startWaitMs: number): Thread {
  const worker = new Worker(script, {
    env: {},
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  })
  const state = { ready: false, ended: false }
  worker.on('error', () => undefined)
  worker.once('exit', () => (state.ended = true))
  worker.unref()
  const ready = once(worker, 'message').then(() => (state.ready = true))
  ready.catch(() => undefined)
  return {
    worker,
    ready,
    patience: AbortSignal.timeout(startWaitMs),
    isReady: () => state.ready,
    ended: () => state.ended,
  }
}
