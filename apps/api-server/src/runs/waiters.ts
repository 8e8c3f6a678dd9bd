/** Those who wait for news of something, by its id. */
export interface Waiters {
  /** Resolves at the next `wake`, when aborted, and after `patienceMs` in any case. */
  wait(id: string, signal: AbortSignal): Promise<void>
  wake(id: string): void
}

export function createWaiters(patienceMs = 1000): Waiters {
  const waiting = new Map<string, Set<() => void>>()
  return {
    wait: (id, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          const others = waiting.get(id)
          others?.delete(done)
          if (others?.size === 0) waiting.delete(id)
          resolve()
        }
        const timer = setTimeout(done, patienceMs)
        signal.addEventListener('abort', done, { once: true })
        waiting.set(id, (waiting.get(id) ?? new Set()).add(done))
        if (signal.aborted) done()
      }),
    wake(id) {
      for (const done of waiting.get(id) ?? []) done()
    },
  }
}
