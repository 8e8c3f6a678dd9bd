import { AppError, toErrorBody, type ToolProgress, type ToolResult } from '@tandem/schemas'
import { errorResult, type Tool, type ToolContext } from '@tandem/tools'
import { orAborted } from './or-aborted.ts'
import type { RunningCalls } from './running-calls.ts'

export interface ToolRun {
  tool: Tool
  args: unknown
  context: ToolContext
  calls: RunningCalls
  /** Sees what a tool throws that it should not. */
  onCrash: (error: unknown) => void
}

/**
 * Runs a tool for as long as its traits allow. What it throws becomes a result that a model can read; only an abort of the
 * signal is thrown. A tool that ignores its signal is left behind and its end not waited for.
 */
export async function* runTool(
  { tool, args, context, calls, onCrash }: ToolRun,
  signal: AbortSignal,
): AsyncGenerator<ToolProgress, ToolResult> {
  const call = calls.begin(context)
  const deadline = AbortSignal.timeout(tool.traits.timeoutMs)
  const either = AbortSignal.any([signal, deadline, call.signal])
  const running = tool.run(args, context, { signal: either })
  try {
    for (;;) {
      const step = await orAborted(running.next(), either)
      if (step.done) return step.value
      yield step.value
    }
  } catch (error) {
    signal.throwIfAborted()
    if (deadline.aborted) return timedOut(tool)
    return toFailure(error, onCrash)
  } finally {
    // Its turn comes when the tool has really ended.
    running
      .return(undefined as never)
      .catch(onCrash)
      .finally(call.end)
  }
}

function timedOut({ name, traits }: Tool): ToolResult {
  return errorResult(
    'timeout',
    `${name} took longer than ${traits.timeoutMs / 1000} s and was stopped: ask for less at a time.`,
    { retryable: true },
  )
}

function toFailure(error: unknown, onCrash: ToolRun['onCrash']): ToolResult {
  if (error instanceof AppError && error.code !== 'internal_error') {
    return errorResult(error.code, toErrorBody(error).error.message, {
      retryable: !error.spent && (error.status === 429 || error.status >= 500),
    })
  }
  onCrash(error)
  return errorResult('tool_failed', 'The tool failed because of a fault of its own.')
}
