/** Turns the signals that ask this process to stop into two AbortSignals: stop in order, and stop at once. */
export interface StopRequests {
  stopping: AbortSignal
  killing: AbortSignal
  dispose(): void
}

interface StopRequestOptions {
  /** As nohup asks: closing the terminal does not stop the servers. */
  ignoreHangup: boolean
  now?: () => number
}

/** One Ctrl-C may reach us twice, from the terminal and from a package manager above us. */
const echoMs = 500

export function listenForStop({
  ignoreHangup,
  now = performance.now.bind(performance),
}: StopRequestOptions): StopRequests {
  const stopping = new AbortController()
  const killing = new AbortController()
  let firstAt = 0
  const onSignal = (): void => {
    if (!stopping.signal.aborted) {
      firstAt = now()
      stopping.abort()
    } else if (now() - firstAt > echoMs) {
      killing.abort()
    }
  }
  const onHangup = ignoreHangup ? () => {} : onSignal
  const handlers = { SIGINT: onSignal, SIGTERM: onSignal, SIGHUP: onHangup }
  for (const [name, handler] of Object.entries(handlers)) process.on(name, handler)
  return {
    stopping: stopping.signal,
    killing: killing.signal,
    dispose() {
      for (const [name, handler] of Object.entries(handlers)) process.off(name, handler)
    },
  }
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
