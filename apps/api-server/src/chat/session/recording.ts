import type { Logger } from 'pino'
import type { AppDb, RunningAnswer } from '@tandem/db'
import type { Message, Usage } from '@tandem/schemas'
import { saveAtLast } from '../../save-at-last.ts'
import type { SessionTurns } from './session-turns.ts'

/** An answer that grows. */
export interface GrowingAnswer {
  /** All that has been said so far; undefined while there is nothing. */
  message(): Message | undefined
}

/** Saves one answer while it comes. Nothing here throws: a stream goes on when the storage does not. */
export interface Recording {
  /** From now on what this one says is saved about every second. */
  follow(answer: GrowingAnswer): void
  countUsage(usage: Usage): void
  /** Resolves when the answer is saved, or cannot be saved now; what is given counts, else what was followed. */
  complete(message?: Message): Promise<void>
  /** Keeps what was said as interrupted, or takes the whole exchange back where nothing was. No-op after `complete`. */
  fail(): void
}

export interface RecordingOptions {
  db: Pick<AppDb, 'messages' | 'sessions'>
  turns: SessionTurns
  /** A child of the request. */
  logger: Logger
  answer: RunningAnswer
  /** Lets the session's next request in. */
  leave: () => void
  /** What else goes when the exchange is taken back. */
  afterDiscard: () => Promise<unknown>
}

const saveEveryMs = 1000
/** A third of what the claim allows, so that two may fail. */
const renewEveryMs = 20_000
export const claimTtlMs = 60_000

export function createRecording(options: RecordingOptions): Recording {
  const { db, answer } = options
  let source: GrowingAnswer | undefined
  let usage: Usage | undefined
  let ended = false
  const progress = createProgress(options, () => source?.message())

  function end(save: () => Promise<unknown>): Promise<void> {
    ended = true
    progress.stop()
    const saving = saveAtLast(save, {
      logger: options.logger,
      failure: 'answer not saved',
      isClosing: () => options.turns.isClosing(),
    })
    options.turns.track(saving.done)
    return saving.first.then(() => options.leave())
  }
  return {
    follow: (growing) => void (source = growing),
    countUsage: (counted) => void (usage = counted),
    async complete(given) {
      if (ended) return
      const message = given ?? source?.message() ?? { role: 'assistant', content: '' }
      await end(() => db.messages.complete(answer, { message, usage }))
    },
    fail() {
      if (ended) return
      const message = source?.message()
      if (message) void end(() => db.messages.interrupt(answer, { message, usage }))
      else void end(async () => (await db.messages.discard(answer)) && options.afterDiscard())
    },
  }
}

/** The clock that saves what has come, and tells the storage of long silences that we are still here. */
function createProgress(
  { db, answer, logger }: RecordingOptions,
  current: () => Message | undefined,
): { stop(): void } {
  let saved: string | undefined
  let heardAt = performance.now()
  let saving = false

  async function save(): Promise<boolean> {
    const message = current()
    const text = message && JSON.stringify(message)
    if (!message || text === saved) {
      if (performance.now() - heardAt < renewEveryMs) return true
      heardAt = performance.now()
      return db.sessions.renew(answer.claim)
    }
    saved = text
    heardAt = performance.now()
    return db.messages.saveProgress(answer, message)
  }
  async function tick(): Promise<void> {
    if (saving) return
    saving = true
    try {
      // False: the session was deleted, or another request has taken over.
      if (!(await save())) clearInterval(timer)
    } catch (error) {
      saved = undefined
      logger.warn({ err: error }, 'progress not saved')
    } finally {
      saving = false
    }
  }
  const timer = setInterval(() => void tick(), saveEveryMs).unref()
  return { stop: () => clearInterval(timer) }
}
