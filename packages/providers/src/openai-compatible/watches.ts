/** The clocks of all requests to an upstream, on one timer, so that a request sets and clears none. */

export interface WatchTimeouts {
  /** Until the first byte of the answer's body; in milliseconds, as the others. */
  firstByteTimeoutMs: number
  /** Between two pieces of the answer. */
  silenceTimeoutMs: number
  totalTimeoutMs: number
}

export interface Watch {
  heard(): void
  stop(): void
}

interface Watched {
  /** A reader that pauses the upstream stops the clock for silence. */
  isPaused(): boolean
  /** Told once, at most an eighth of the shortest time too late, what has not come. */
  expire(what: string): void
}

interface Clock extends Watched {
  startedAt: number
  /** Something came since the timer fired last. */
  isNews: boolean
  /** When the timer noticed what came last. */
  heardAt: number | undefined
  /** Its place in the list. */
  at: number
}

const longestTickMs = 250

export function createWatches(timeouts: WatchTimeouts): (watched: Watched) => Watch {
  const { firstByteTimeoutMs, silenceTimeoutMs, totalTimeoutMs } = timeouts
  const shortest = Math.min(firstByteTimeoutMs, silenceTimeoutMs, totalTimeoutMs)
  // Not a Set, whose outgrown tables keep what was in them from young collections (see createOpenRequests in http).
  const running: Clock[] = []
  let timer: NodeJS.Timeout | undefined

  /** The last takes the place of one that leaves. */
  function remove(gone: Clock): void {
    const last = running.at(-1)
    if (!last || running[gone.at] !== gone) return
    running[gone.at] = last
    last.at = gone.at
    running.pop()
  }

  function tick(): void {
    const now = performance.now()
    for (const clock of running.slice()) {
      if (running[clock.at] !== clock) continue
      const what = findLate(clock, now)
      if (what === undefined) continue
      remove(clock)
      clock.expire(what)
    }
    if (running.length > 0) return
    clearInterval(timer)
    timer = undefined
  }
  function findLate(clock: Clock, now: number): string | undefined {
    if (clock.isNews || (clock.heardAt !== undefined && clock.isPaused())) clock.heardAt = now
    clock.isNews = false
    const { startedAt, heardAt } = clock
    if (now - startedAt >= totalTimeoutMs) return 'its whole answer'
    if (heardAt === undefined)
      return now - startedAt >= firstByteTimeoutMs ? 'its first byte' : undefined
    return now - heardAt >= silenceTimeoutMs ? 'its next piece' : undefined
  }
  return ({ isPaused, expire }) => {
    const startedAt = performance.now()
    const clock: Clock = {
      isPaused,
      expire,
      startedAt,
      isNews: false,
      heardAt: undefined,
      at: running.length,
    }
    running.push(clock)
    timer ??= setInterval(tick, Math.min(longestTickMs, Math.ceil(shortest / 8))).unref()
    return {
      heard: () => void (clock.isNews = true),
      stop: () => remove(clock),
    }
  }
}
