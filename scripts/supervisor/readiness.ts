import { setTimeout as sleep } from 'node:timers/promises'

export interface ReadinessOptions {
  timeoutMs: number
  /** Gives up waiting. */
  signal: AbortSignal
}

const pollMs = 50
const answerMs = 2000

/** Asks a URL until it answers 200; false when time is up or the signal is aborted first. */
export async function untilReady(
  url: string,
  { timeoutMs, signal }: ReadinessOptions,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (!signal.aborted && performance.now() < deadline) {
    if (await answers(url, AbortSignal.any([signal, AbortSignal.timeout(answerMs)]))) return true
    await sleep(pollMs)
  }
  return false
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal })
    await response.body?.cancel()
    return response.status === 200
  } catch {
    // Not listening yet.
    return false
  }
}
