import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerProcess } from './server-process.ts'
import { aborted } from './stop-requests.ts'
import type { Terminal } from './terminal.ts'

export interface Backoff {
  firstMs: number
  maxMs: number
  /** A server that ran this long begins at `firstMs` again. */
  resetAfterMs: number
}

export interface KeepRunningOptions {
  start: () => ServerProcess
  backoff: Backoff
  terminal: Terminal
  /** Ends the watch; the server that runs then is the caller's to stop. */
  signal: AbortSignal
}

/** Starts the server again each time it dies, waiting twice as long each time. Gives the one that ran at the end. */
export async function keepRunning(
  first: ServerProcess,
  options: KeepRunningOptions,
): Promise<ServerProcess> {
  const { start, backoff, terminal, signal } = options
  const isOver = aborted(signal)
  let server = first
  let delayMs = backoff.firstMs
  while (!signal.aborted) {
    const startedAt = performance.now()
    const how = await Promise.race([server.exited, isOver])
    if (how === undefined) break
    if (performance.now() - startedAt >= backoff.resetAfterMs) delayMs = backoff.firstMs
    terminal.complain(
      `The ${server.name} died (${how}); starting it again in ${delayMs / 1000} s. Its log: ${server.logPath}`,
    )
    const waited = await sleep(delayMs, true, { signal }).catch(() => false)
    if (!waited) break
    delayMs = Math.min(delayMs * 2, backoff.maxMs)
    server = start()
  }
  return server
}
