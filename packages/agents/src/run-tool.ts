import { AppError, toErrorBody, type ToolProgress, type ToolResult } from '@tandem/schemas'
import { boundText, errorResult, type Tool } from '@tandem/tools'
import type { RunState } from './run-state.ts'

export interface ToolRun {
  tool: Tool
  args: unknown
  callId: string
}

/** The tools server keeps the time itself and says so better: ours is the second line. */
const mostGraceMs = 2000
const retryDelayMs = 250

/**
 * Runs a tool for as long as its traits and the run allow. All failures come back as results; only the end of the whole
 * run is thrown.
 */
export async function* runTool(
  state: RunState,
  run: ToolRun,
): AsyncGenerator<ToolProgress, ToolResult> {
  const first = yield* runOnce(state, run)
  const again = state.deps.retryTools && run.tool.traits.idempotent && first.error?.retryable
  if (!again || state.deadline.aborted) return tidy(first, state.limits.outputBytes)
  await state.clock.sleep(retryDelayMs * (1 + Math.random()), state.deadline).catch(() => {})
  state.signal.throwIfAborted()
  if (state.deadline.aborted) return tidy(first, state.limits.outputBytes)
  const second = yield* runOnce(state, run)
  const content = second.error ? `${second.content} (It was tried twice.)` : second.content
  return tidy({ ...second, content }, state.limits.outputBytes)
}

async function* runOnce(
  state: RunState,
  { tool, args, callId }: ToolRun,
): AsyncGenerator<ToolProgress, ToolResult> {
  const { owner, sessionId, runId, models } = state.run
  const stop = new AbortController()
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => {})
  const end = (reason: unknown): void => {
    stop.abort(reason)
    aborted.reject(reason)
  }
  const onEnd = (): void => end(state.deadline.reason)
  const { timeoutMs } = tool.traits
  const timer = setTimeout(end, timeoutMs + Math.min(mostGraceMs, timeoutMs), timeout)
  state.deadline.addEventListener('abort', onEnd, { once: true })
  if (state.deadline.aborted) onEnd()
  let running: AsyncGenerator<ToolProgress, ToolResult> | undefined
  try {
    const context = { owner, sessionId, runId, callId, models: models(tool.name) }
    running = tool.run(args, context, { signal: stop.signal })
    for (;;) {
      const step = await Promise.race([running.next(), aborted.promise])
      if (step.done) {
        running = undefined
        return step.value
      }
      yield step.value
    }
  } catch (error) {
    state.signal.throwIfAborted()
    if (stop.signal.aborted) return timedOut(tool, state)
    return toFailure(error, tool, state)
  } finally {
    clearTimeout(timer)
    state.deadline.removeEventListener('abort', onEnd)
    // A tool that ignores its signal is left behind, its end not waited for.
    void running?.return(undefined as never).catch(() => {})
  }
}

const timeout = new Error('The tool took too long.')

function timedOut({ name, traits }: Tool, state: RunState): ToolResult {
  if (state.deadline.aborted) {
    return errorResult('run_timeout', `The time of the run was over before ${name} had ended.`)
  }
  return errorResult(
    'timeout',
    `${name} took longer than ${traits.timeoutMs / 1000} s and was stopped: ask for less at a time.`,
    { retryable: true },
  )
}

function toFailure(error: unknown, { name }: Tool, { deps }: RunState): ToolResult {
  if (error instanceof AppError && error.code !== 'internal_error') {
    const retryable = error.status === 429 || error.status >= 500
    return errorResult(error.code, toErrorBody(error).error.message, { retryable })
  }
  deps.onCrash(error, name)
  return errorResult('tool_failed', `${name} failed because of a fault of its own.`)
}

/** Content that any model can be given: text alone, bounded, and never nothing. */
function tidy(result: ToolResult, bytes: number): ToolResult {
  const text = result.content.replaceAll(/[^\P{Cc}\t\n\r]/gu, '').toWellFormed()
  const content = text.trim() === '' ? '(The tool returned nothing.)' : boundText(text, bytes)
  return content === result.content ? result : { ...result, content }
}
