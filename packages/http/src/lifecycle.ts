import type { RequestHandler } from 'express'
import { AppError } from '@tandem/schemas'
import type { RunningServer } from './listen.ts'
import type { OpenRequests } from './request-context.ts'

/** Whether the server still takes work; `/readyz` and the doors ask it. */
export interface Lifecycle {
  state(): 'starting' | 'ready' | 'draining'
  isDraining(): boolean
  /** Ends the start: what had to be done with the port already ours is done. */
  open(): void
  /** Ends in order: not ready, open requests may finish for `drainMs`, then an error event, then closed. */
  drain(server: RunningServer, drainMs: number): Promise<void>
}

const graceMs = 250

export interface LifecycleOptions {
  /** Refuses work until `open` is called. */
  starting?: boolean
}

export function createLifecycle(
  open: OpenRequests,
  { starting = false }: LifecycleOptions = {},
): Lifecycle {
  let state: ReturnType<Lifecycle['state']> = starting ? 'starting' : 'ready'
  return {
    state: () => state,
    isDraining: () => state === 'draining',
    open() {
      if (state === 'starting') state = 'ready'
    },
    async drain(server, drainMs) {
      // Idle connections stay: a request that is on its way on one is to read a 503, not a reset.
      state = 'draining'
      await untilIdle(open, drainMs)
      open.abortAll(new AppError('server_shutting_down', { retryAfterMs: 1000 }))
      await untilIdle(open, graceMs)
      await server.close()
    },
  }
}

async function untilIdle(open: OpenRequests, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs
  while (open.count() > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** While starting and draining work is refused, so that a balancer turns elsewhere. */
export function refuseUnlessReady(lifecycle: Lifecycle): RequestHandler {
  return (_req, _res, next) => {
    const state = lifecycle.state()
    if (state === 'starting') throw new AppError('server_starting', { retryAfterMs: 1000 })
    if (state === 'draining') throw new AppError('server_shutting_down', { retryAfterMs: 1000 })
    next()
  }
}

/**
 * Calls `stop` once, on SIGTERM, SIGINT or, under a supervisor, when its pipe to our stdin closes; then the process ends.
 */
export function onShutdown(stop: () => Promise<void>, options: { supervised: boolean }): void {
  let stopping: Promise<never> | undefined
  const once = (): void => {
    stopping ??= stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', once)
  process.on('SIGINT', once)
  if (!options.supervised) return
  process.stdin.on('end', once).on('error', once).resume()
}

/**
 * Runs a server's `main`. What is thrown at the start for the operator to mend (it has a `cause` or an `exitCode`) is
 * one clear line; anything else is a fault of ours and keeps its stack.
 */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    const { exitCode } = error as { exitCode?: number }
    const isClear = exitCode !== undefined || error.cause !== undefined
    process.stderr.write(`${isClear ? error.message : error.stack}\n`)
    process.exit(exitCode ?? 1)
  }
}
