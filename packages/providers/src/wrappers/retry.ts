import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, changeError, type ErrorCode } from '@tandem/schemas'
import type { CallOptions, LanguageModel, ModelEvent, ModelRequest } from '../types.ts'

export interface RetryOptions {
  /** Tries in all. */
  tries?: number
  /** Milliseconds before the second try; doubled for each further one. */
  baseDelayMs?: number
  /** Milliseconds that a wait may take. A provider that wants a longer one is not asked again. */
  maxDelayMs?: number
  /** Milliseconds since the first try after which there is no other. */
  maxElapsedMs?: number
  random?: () => number
}

const defaults: Required<RetryOptions> = {
  tries: 3,
  baseDelayMs: 250,
  maxDelayMs: 8_000,
  maxElapsedMs: 60_000,
  random: Math.random,
}

const passing: ReadonlySet<ErrorCode> = new Set([
  'rate_limit_exceeded',
  'upstream_unreachable',
  'upstream_error',
  'upstream_interrupted',
  'upstream_timeout',
])

/**
 * Asks again after a failure that may pass, as long as nothing of an answer has come: once anything was seen, a second
 * answer would be mixed with the first. Waits as long as the provider says, else ever longer, with jitter. What fails in
 * the end says that it was tried enough (`spent`).
 */
export function withRetry(model: LanguageModel, options: RetryOptions = {}): LanguageModel {
  const settings = { ...defaults, ...options }
  const { relay } = model
  return {
    ...model,
    stream: (request, callOptions) => stream(model, request, { ...settings, ...callOptions }),
    ...(relay && {
      relay: async (request, callOptions) => {
        const attempts = startAttempts({ ...settings, ...callOptions })
        for (;;) {
          try {
            return await relay(request, callOptions)
          } catch (error) {
            await attempts.waitOrThrow(error)
          }
        }
      },
    }),
  }
}

type Settings = Required<RetryOptions> & CallOptions

async function* stream(
  model: LanguageModel,
  request: ModelRequest,
  settings: Settings,
): AsyncGenerator<ModelEvent, void> {
  const attempts = startAttempts(settings)
  for (;;) {
    let started = false
    try {
      for await (const event of afterStart(model.stream(request, settings))) {
        started = true
        yield event
      }
      return
    } catch (error) {
      if (started) throw error
      await attempts.waitOrThrow(error)
    }
  }
}

/** Holds `start` back until something follows it: a stream may begin and break off before its first token. */
async function* afterStart(events: AsyncIterable<ModelEvent>): AsyncGenerator<ModelEvent, void> {
  let start: ModelEvent | undefined
  for await (const event of events) {
    if (event.type === 'start') start = event
    else {
      if (start) yield start
      start = undefined
      yield event
    }
  }
}

/** Counts the tries of one call: waits before the next one, or throws where there is to be none. */
function startAttempts(settings: Settings): { waitOrThrow(thrown: unknown): Promise<void> } {
  const startedAt = performance.now()
  let tries = 1
  return {
    async waitOrThrow(thrown) {
      const delay = delayBefore(thrown, tries, settings)
      const elapsed = performance.now() - startedAt
      const again =
        delay !== undefined &&
        tries < settings.tries &&
        elapsed + delay < settings.maxElapsedMs &&
        !settings.signal.aborted
      if (!again)
        throw tries > 1 && thrown instanceof AppError
          ? changeError(thrown, { spent: true })
          : thrown
      tries += 1
      await sleep(delay, undefined, { signal: settings.signal }).catch(() => {})
      // The timer throws an error of its own; callers go by the signal's reason.
      settings.signal.throwIfAborted()
    },
  }
}

/** Milliseconds; undefined where another try would be in vain. */
function delayBefore(error: unknown, tries: number, settings: Settings): number | undefined {
  if (!(error instanceof AppError) || !passing.has(error.code)) return undefined
  if (error.retryAfterMs !== undefined) {
    return error.retryAfterMs <= settings.maxDelayMs ? error.retryAfterMs : undefined
  }
  const longest = Math.min(settings.maxDelayMs, settings.baseDelayMs * 2 ** (tries - 1))
  return longest * (0.5 + settings.random() / 2)
}
