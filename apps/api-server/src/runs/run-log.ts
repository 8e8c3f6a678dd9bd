/** The runs that go now: their events on the way into the database, and who may stop them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { AppDb, RunSettlement } from '@tandem/db'
import { toAppError, type AgentEvent, type NumberedEvent } from '@tandem/schemas'
import { createPieces, type Pieces } from './pieces.ts'
import { saveAtLast } from '../save-at-last.ts'
import { createWaiters } from './waiters.ts'

const failure = 'the end of a run not saved'

export interface GoingRun {
  owner: string
  id: string
  /** The `seq` of what the log has of it already. */
  lastSeq: number
  cancel(): void
}

export interface RunRecording {
  /** Never waits. Hands the event back with its place in the log. */
  take(event: AgentEvent): NumberedEvent
  /** Resolves when all of it is stored, or cannot be stored now. Throws nothing. */
  settle(end: Omit<RunSettlement, 'events'>): Promise<void>
}

export interface RunLog {
  begin(run: GoingRun): RunRecording
  /** Stops a run that goes here; resolves when its end is stored. False where it does not go here. */
  cancel(owner: string, id: string): Promise<boolean>
  /** Resolves when there may be more of the run in the database; at the latest after a second, or when aborted. */
  changed(id: string, signal: AbortSignal): Promise<void>
  /** Resolves when all that was taken is stored. */
  flush(): Promise<void>
  /** Stops after what is being stored. */
  close(): Promise<void>
}

export interface RunLogOptions {
  runs: Pick<AppDb['runs'], 'append' | 'settle'>
  logger: Logger
  now(): number
  /** The longest that an event waits in memory. */
  intervalMs?: number
}

interface Going extends GoingRun {
  pieces: Pieces
  ended: PromiseWithResolvers<void>
}

const cancelPatienceMs = 5000

/**
 * Events are written a few times a second for all runs together, the end of a run, or its pause, before
 * anybody hears of it.
 */
export function createRunLog({ intervalMs = 250, ...options }: RunLogOptions): RunLog {
  const { runs, logger, now } = options
  const going = new Map<string, Going>()
  const settling = new Set<Promise<void>>()
  const waiters = createWaiters()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let closing = false

  function flush(): Promise<void> {
    writing ??= append(going.values(), options, waiters.wake).finally(() => (writing = undefined))
    return writing
  }
  async function settle(run: Going, end: Omit<RunSettlement, 'events'>): Promise<void> {
    // What is on its way has lower numbers, and comes back if it could not be stored.
    await writing
    going.delete(run.id)
    if (going.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
    const settlement = { ...end, events: run.pieces.drain() }
    const save = (): Promise<boolean> => runs.settle(run.owner, run.id, settlement)
    const { first, done } = saveAtLast(save, { logger, failure, isClosing: () => closing })
    const settled = done.finally(() => settling.delete(settled))
    settling.add(settled)
    await first
    run.ended.resolve()
    waiters.wake(run.id)
  }
  return {
    begin(given) {
      const { lastSeq } = given
      const run = {
        ...given,
        pieces: createPieces(lastSeq, now),
        ended: Promise.withResolvers<void>(),
      }
      going.set(run.id, run)
      timer ??= setInterval(() => void flush(), intervalMs).unref()
      return { take: (event) => run.pieces.add(event), settle: (end) => settle(run, end) }
    },
    async cancel(owner, id) {
      const run = going.get(id)
      if (run?.owner !== owner) return false
      run.cancel()
      await Promise.race([run.ended.promise, sleep(cancelPatienceMs, undefined, { ref: false })])
      return true
    },
    changed: (id, signal) => waiters.wait(id, signal),
    flush,
    async close() {
      closing = true
      clearInterval(timer)
      await flush()
      await Promise.all(settling)
    },
  }
}

/** What all runs have to tell, in one write. */
async function append(
  going: Iterable<Going>,
  { runs, logger }: Pick<RunLogOptions, 'runs' | 'logger'>,
  wake: (id: string) => void,
): Promise<void> {
  const batches = Array.from(going, (run) => ({ run, events: run.pieces.drain() }))
  const logged = batches.flatMap(({ run: { owner, id: runId }, events }) =>
    events.map((event) => ({ ...event, owner, runId })),
  )
  if (logged.length === 0) return
  try {
    await runs.append(logged)
  } catch (thrown) {
    logger.warn({ err: toAppError(thrown) }, 'events of runs not saved')
    for (const { run, events } of batches) run.pieces.putBack(events)
  }
  for (const { run, events } of batches) if (events.length > 0) wake(run.id)
}
