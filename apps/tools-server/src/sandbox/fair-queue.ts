import { AppError } from '@tandem/schemas'

export interface FairQueueOptions {
  /** How many run at once. */
  slots: number
  /** How many of them one owner may hold, so that others need not wait for a slot. */
  perOwner: number
  /** How many runs of one owner may wait. */
  maxWaiting: number
  /** What waits, in the words of the error. */
  what?: string
}

/** Hands out slots in turns: each owner's next run comes after at most one run of every other. */
export interface FairQueue {
  /**
   * Waits for a slot; the function that comes back gives it up.
   * @throws AppError `rate_limit_exceeded` when too many of the owner's runs wait; the signal's reason when aborted
   */
  acquire(owner: string, signal: AbortSignal): Promise<() => void>
  running(): number
}

interface Waiter {
  start: () => void
}

export function createFairQueue(options: FairQueueOptions): FairQueue {
  const { slots, perOwner, maxWaiting, what = 'runs of Python' } = options
  /** Owners in the order of their turns, with the runs that wait. */
  const waiting = new Map<string, Waiter[]>()
  const held = new Map<string, number>()
  let running = 0

  function next(): void {
    for (const [owner, waiters] of waiting) {
      if (running >= slots) return
      if ((held.get(owner) ?? 0) >= perOwner) continue
      const waiter = waiters.shift()
      // To the end of the row, or out of it.
      waiting.delete(owner)
      if (waiters.length > 0) waiting.set(owner, waiters)
      if (waiter) begin(owner, waiter)
    }
  }

  function begin(owner: string, waiter: Waiter): void {
    running += 1
    held.set(owner, (held.get(owner) ?? 0) + 1)
    waiter.start()
  }

  function release(owner: string): void {
    running -= 1
    const left = (held.get(owner) ?? 1) - 1
    if (left > 0) held.set(owner, left)
    else held.delete(owner)
    next()
  }

  return {
    running: () => running,
    async acquire(owner, signal) {
      signal.throwIfAborted()
      const waiters = waiting.get(owner) ?? []
      if (waiters.length >= maxWaiting) throw tooMany(maxWaiting, what)
      waiting.set(owner, waiters)
      const turn = Promise.withResolvers<void>()
      const waiter: Waiter = { start: turn.resolve }
      const abort = (): void => {
        const index = waiters.indexOf(waiter)
        if (index === -1) return
        waiters.splice(index, 1)
        if (waiters.length === 0 && waiting.get(owner) === waiters) waiting.delete(owner)
        turn.reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      waiters.push(waiter)
      next()
      try {
        await turn.promise
      } finally {
        signal.removeEventListener('abort', abort)
      }
      return once(() => release(owner))
    },
  }
}

function once(act: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    act()
  }
}

function tooMany(maxWaiting: number, what: string): AppError {
  return new AppError('rate_limit_exceeded', {
    message: `${maxWaiting} of your ${what} already wait for their turn.`,
  })
}
