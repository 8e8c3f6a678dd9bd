import { AppError } from '@tandem/schemas'

export interface EnterOptions {
  signal: AbortSignal
  patienceMs: number
}

/** Who may answer in which session now, among the requests of this process, and what is still being saved. */
export interface SessionTurns {
  /** How long a request waits for those before it in its session. */
  readonly patienceMs: number
  /**
   * Waits in line behind the other requests of a session; call what it returns to let the next one in.
   * @throws AppError `session_busy` when the time is up or too many wait; what the signal says
   */
  enter(session: string, options: EnterOptions): Promise<() => void>
  /** Work that must be done before the storage is closed. */
  track(work: Promise<unknown>): void
  isClosing(): boolean
  /** Resolves when nothing is left to be saved; nothing is tried again from here on. */
  settle(): Promise<void>
}

const mostWaiting = 16
const retryAfterMs = 2000

/**
 * In order of arrival, and 409 for who waited 8 s: a second message that is sent too soon should be answered, but less
 * than the 10 s after which a stream that waits gets a 200.
 */
export function createSessionTurns({ patienceMs = 8000 } = {}): SessionTurns {
  const lines = new Map<string, (() => void)[]>()
  const work = new Set<Promise<unknown>>()
  let closing = false

  function leaver(session: string, place: () => void): () => void {
    return () => {
      const line = lines.get(session) ?? []
      const at = line.indexOf(place)
      if (at < 0) return
      line.splice(at, 1)
      if (line.length === 0) lines.delete(session)
      else if (at === 0) line[0]?.()
    }
  }
  return {
    patienceMs,
    async enter(session, options) {
      options.signal.throwIfAborted()
      const line = lines.get(session) ?? []
      if (line.length > mostWaiting) throw sessionBusy()
      lines.set(session, line)
      const turn = Promise.withResolvers<void>()
      const place = (): void => turn.resolve()
      const leave = leaver(session, place)
      line.push(place)
      if (line[0] === place) return leave
      try {
        await orGiveUp(turn, options)
      } catch (error) {
        leave()
        throw error
      }
      return leave
    },
    track(promise) {
      const forget = (): void => void work.delete(promise)
      work.add(promise)
      void promise.then(forget, forget)
    },
    isClosing: () => closing,
    async settle() {
      closing = true
      while (work.size > 0) await Promise.allSettled(work)
    },
  }
}

async function orGiveUp(
  turn: PromiseWithResolvers<void>,
  { signal, patienceMs }: EnterOptions,
): Promise<void> {
  const onAbort = (): void => turn.reject(signal.reason)
  const timer = setTimeout(() => turn.reject(sessionBusy()), patienceMs)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await turn.promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

export function sessionBusy(): AppError {
  return new AppError('session_busy', { retryAfterMs, param: 'session_id' })
}
