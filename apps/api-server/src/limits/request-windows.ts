/** What is left of a limit after one more request. */
export interface Taken {
  limit: number
  remaining: number
  /** Until all of it is there again. */
  resetMs: number
  isExceeded: boolean
}

export interface RequestWindows {
  /** Counts a request, also one past the limit. */
  take(key: string): Taken
}

interface Window {
  count: number
  /** Milliseconds of the monotonic clock. */
  endsAt: number
}

/** Counts requests in fixed windows: a key's begins with its first request, and after its end with the next one. */
export function createRequestWindows(
  limit: number,
  windowMs: number,
  // Whole: of a clock with fractions a minute from now may be a little more than a minute away.
  now: () => number = () => Math.floor(performance.now()),
): RequestWindows {
  const windows = new Map<string, Window>()
  let sweptAt = now()

  /** Once a window's time, so that what is kept is bounded by the keys that asked in two of them. */
  function sweep(at: number): void {
    sweptAt = at
    for (const [key, { endsAt }] of windows) if (endsAt <= at) windows.delete(key)
  }
  function begin(key: string, at: number): Window {
    const window = { count: 0, endsAt: at + windowMs }
    windows.set(key, window)
    return window
  }
  return {
    take(key) {
      const at = now()
      if (at - sweptAt >= windowMs) sweep(at)
      const known = windows.get(key)
      const window = known && known.endsAt > at ? known : begin(key, at)
      window.count += 1
      return {
        limit,
        remaining: Math.max(0, limit - window.count),
        resetMs: window.endsAt - at,
        isExceeded: window.count > limit,
      }
    },
  }
}
