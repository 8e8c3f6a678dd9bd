import {
  AppError,
  toAppError,
  type AgentEvent,
  type AgentName,
  type FinishReason,
  type StopReason,
} from '@tandem/schemas'
import { defaultLimits } from './limits.ts'
import { tellPause, type Pause } from './pause.ts'
import { createRunState, systemClock, type RunState, type Signals } from './run-state.ts'
import type { Agent } from './types.ts'

/** How a loop, and so a run, came to its end. */
export interface Outcome extends Pause {
  stopReason: StopReason
  finishReason: FinishReason
  /** What was said last. */
  text: string
  /** Set where the run ends by failing: thrown after `run-end`. */
  error?: AppError
}

/** What makes an agent: events of a run but for its first and last, and the outcome. */
export type AgentBody = (state: RunState) => AsyncGenerator<AgentEvent, Outcome>

export interface Choice {
  name: AgentName
  why?: string
  body: AgentBody
}

/** An agent from its body: `run-start` before it, one `run-end` after it however it ends. */
export function createAgent(choose: (state: RunState) => Choice): Agent {
  return async function* agent(run, deps, options) {
    const clock = deps.clock ?? systemClock
    const stop = startTimers(options.signal, run.limits?.wallClockMs ?? defaultLimits.wallClockMs)
    const state = createRunState(run, deps, stop)
    const { name, why, body } = choose(state)
    const model = `${run.model.provider}/${run.model.id}`
    const paragraphs = createParagraphs()
    const events = body(state)
    let outcome: Outcome | undefined
    try {
      yield { type: 'run-start', runId: run.runId, agent: name, model, ...(why && { why }) }
      for (;;) {
        let next: IteratorResult<AgentEvent, Outcome>
        try {
          next = await events.next()
        } catch (thrown) {
          outcome = toOutcome(state, thrown)
          break
        }
        if (next.done) {
          outcome = next.value
          break
        }
        const gap = paragraphs.gapBefore(next.value)
        if (gap) yield gap
        yield next.value
      }
      for (const event of tellPause(state, outcome)) {
        const gap = paragraphs.gapBefore(event)
        if (gap) yield gap
        yield event
      }
      yield toRunEnd(state, outcome, clock.now() - state.startedAt)
    } finally {
      stop.clear()
      // Who leaves early closes what is open; its end is not waited for.
      if (!outcome) void Promise.allSettled([events.return(undefined as never)])
    }
    if (outcome.error) throw outcome.error
  }
}

const runIsOver = new Error('The run is over.')

/** What setTimeout can count to. */
const longestTimer = 2 ** 31 - 1

/** Signals of the run's own: it is over for all that it started when it is over for its caller. */
function startTimers(signal: AbortSignal, wallClockMs: number): Signals & { clear(): void } {
  const cancel = new AbortController()
  const time = new AbortController()
  const onAbort = (): void => {
    cancel.abort(signal.reason)
    time.abort(signal.reason)
  }
  const timeOver = (): void => time.abort(new Error('The time of the run is over.'))
  const timer = setTimeout(timeOver, Math.min(wallClockMs, longestTimer))
  timer.unref()
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  return {
    signal: cancel.signal,
    deadline: time.signal,
    clear() {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      cancel.abort(runIsOver)
      time.abort(runIsOver)
    },
  }
}

/** What is thrown ends the run as well: cancelled where that was asked for, failed otherwise. */
function toOutcome(state: RunState, cause: unknown): Outcome {
  const end = { finishReason: 'stop', text: '' } as const
  if (state.signal.aborted) return { ...end, stopReason: 'cancelled' }
  if (!state.deadline.aborted) return { ...end, stopReason: 'errors', error: toAppError(cause) }
  const message = `The run took longer than ${state.limits.wallClockMs / 1000} s.`
  const error = new AppError('upstream_timeout', { message, cause, spent: true })
  return { ...end, stopReason: 'budget', error }
}

/** Texts with calls between them are paragraphs of one answer: between two there is an empty line. */
function createParagraphs(): { gapBefore(event: AgentEvent): AgentEvent | undefined } {
  let last = ''
  let apart = false
  return {
    gapBefore(event) {
      if (event.type === 'text-delta') {
        const gap = apart && last !== '' ? gapAfter(last) : undefined
        apart = false
        last = event.text
        return gap
      }
      apart ||= event.type === 'step-start' || event.type === 'tool-start'
      return undefined
    },
  }
}

function gapAfter(text: string): AgentEvent | undefined {
  if (text.endsWith('\n\n')) return undefined
  return { type: 'text-delta', text: text.endsWith('\n') ? '\n' : '\n\n' }
}

function toRunEnd({ tally }: RunState, outcome: Outcome, ms: number): AgentEvent {
  const { stopReason, finishReason } = outcome
  return { type: 'run-end', stopReason, finishReason, ...tally, ms: Math.round(ms) }
}
