import { AppError, toErrorBody, type ToolProgress, type ToolResult } from '@tandem/schemas'
import { boundText, errorResult, type Tool, type ToolContext } from '@tandem/tools'
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
  for (let tries = 1; ; tries += 1) {
    const watch = watchOver(state, run.tool)
    let running: AsyncGenerator<ToolProgress, ToolResult> | undefined
    let result: ToolResult
    try {
      running = run.tool.run(run.args, toContext(state, run), { signal: watch.signal })
      let next = await watch.during(running.next())
      for (; !next.done; next = await watch.during(running.next())) yield next.value
      running = undefined
      result = next.value
    } catch (error) {
      state.signal.throwIfAborted()
      result = watch.signal.aborted ? timedOut(run.tool, state) : toFailure(error, run.tool, state)
    } finally {
      watch.clear()
      // A tool that ignores its signal is left behind, its end not waited for.
      void running?.return(undefined as never).catch(() => {})
    }
    if (tries === 1 && mayPass(result, run.tool, state) && (await pause(state))) continue
    return tidy(result, { tries, bytes: state.limits.outputBytes })
  }
}

function toContext({ run }: RunState, { tool, callId }: ToolRun): ToolContext {
  const { owner, sessionId, runId, models } = run
  return { owner, sessionId, runId, callId, models: models(tool.name) }
}

interface Watch {
  /** The tool's own. */
  signal: AbortSignal
  /** What is waited for; rejects when the time of the tool or of the run is over before. */
  during<Value>(awaited: Promise<Value>): Promise<Value>
  clear(): void
}

function watchOver({ deadline }: RunState, { traits: { timeoutMs } }: Tool): Watch {
  const stop = new AbortController()
  let giveUp: ((reason: unknown) => void) | undefined
  const end = (reason: unknown): void => {
    stop.abort(reason)
    giveUp?.(reason)
  }
  const onDeadline = (): void => end(deadline.reason)
  const timer = setTimeout(end, timeoutMs + Math.min(mostGraceMs, timeoutMs), timeout)
  deadline.addEventListener('abort', onDeadline, { once: true })
  if (deadline.aborted) onDeadline()
  return {
    signal: stop.signal,
    during: (awaited) =>
      new Promise((resolve, reject) => {
        giveUp = reject
        if (stop.signal.aborted) reject(stop.signal.reason)
        awaited.then(resolve, reject)
      }),
    clear() {
      clearTimeout(timer)
      deadline.removeEventListener('abort', onDeadline)
    },
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

function mayPass({ error }: ToolResult, { traits }: Tool, { deps, deadline }: RunState): boolean {
  return Boolean(error?.retryable) && deps.retryTools && traits.idempotent && !deadline.aborted
}

/** False where the time of the run was over meanwhile. */
async function pause({ clock, signal, deadline }: RunState): Promise<boolean> {
  await clock.sleep(retryDelayMs * (1 + Math.random()), deadline).catch(() => {})
  signal.throwIfAborted()
  return !deadline.aborted
}

/** Content that any model can be given: text alone, bounded, and never nothing. */
function tidy(result: ToolResult, { tries, bytes }: { tries: number; bytes: number }): ToolResult {
  const told =
    tries > 1 && result.error ? `${result.content} (It was tried twice.)` : result.content
  const text = told.replaceAll(/[^\P{Cc}\t\n\r]/gu, '').toWellFormed()
  const content = text.trim() === '' ? '(The tool returned nothing.)' : boundText(text, bytes)
  return content === result.content ? result : { ...result, content }
}
