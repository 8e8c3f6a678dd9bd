/** Takes one step after the other while there are any, in the background. */

export interface Runner {
  /** There is something to do. */
  wake(): void
  /** The same, later. */
  wakeIn(ms: number): void
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>
  /** Resolves when the step that runs has ended; aborting the signal ends it. */
  close(): Promise<void>
}

export interface RunnerOptions {
  /** @returns whether there may be more to do */
  next(): Promise<boolean>
  /** What the first step waits for. */
  ready?(): Promise<unknown>
  onError: (error: unknown) => void
  signal: AbortSignal
}

/** After a failure that is nobody's document. */
const pauseMs = 5000

export function createRunner({ next, ready, onError, signal }: RunnerOptions): Runner {
  let running: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined

  function wake(): void {
    again = true
    if (signal.aborted) return
    running ??= run().finally(() => {
      running = undefined
      if (again) wake()
    })
  }

  function wakeIn(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(wake, ms).unref()
  }

  async function run(): Promise<void> {
    await ready?.()
    // What wakes it while it looks for the last time is seen by one more look.
    while (again && !signal.aborted) {
      again = false
      while (await oneStep()) continue
    }
  }

  async function oneStep(): Promise<boolean> {
    if (signal.aborted) return false
    try {
      return await next()
    } catch (error) {
      if (!signal.aborted) {
        onError(error)
        wakeIn(pauseMs)
      }
      return false
    }
  }

  return {
    wake,
    wakeIn,
    async idle() {
      for (let current = running; current; current = running) await current
    },
    async close() {
      clearTimeout(timer)
      await running
    },
  }
}
