import type { RunSettlement, RunWait } from '@tandem/db'
import {
  AppError,
  toAppError,
  toErrorBody,
  type AgentEvent,
  type NumberedEvent,
  type StopReason,
} from '@tandem/schemas'
import type { RunRecording } from '../../runs/run-log.ts'
import type { Ledger } from './ledger.ts'
import type { RunInput } from './run-input.ts'

export interface RecordOptions {
  recording: RunRecording
  /** The run's own. */
  signal: AbortSignal
  /** Kept where the run pauses. */
  input: RunInput
  ledger: Pick<Ledger, 'calls' | 'usage'>
}

type RunEnd = Extract<AgentEvent, { type: 'run-end' }>

/**
 * The same events, stored as they pass. `run-end` passes once all is stored, so that whoever hears of a pause can end it;
 * where the run failed it stays in the log, for the failure is thrown instead.
 */
export async function* recordRun(
  events: AsyncGenerator<AgentEvent>,
  options: RecordOptions,
): AsyncGenerator<NumberedEvent> {
  const { recording } = options
  const waits: RunWait[] = []
  const ended: Ended = { waits, steps: 0, toolCalls: 0 }
  let whole = false
  try {
    for await (const event of events) {
      if (event.type === 'run-end') {
        ended.end = withCause(event, options.signal)
        continue
      }
      if (event.type === 'step-start') ended.steps += 1
      if (event.type === 'tool-start') ended.toolCalls += 1
      waits.push(...toWaits(event))
      yield recording.take(event)
    }
    whole = true
  } catch (thrown) {
    ended.failure = toAppError(thrown)
    whole = true
  } finally {
    // Who leaves in the middle does not wait.
    if (!whole) void recording.settle(toSettlement(ended, options))
  }
  const last = ended.end && recording.take(ended.end)
  await recording.settle(toSettlement(ended, options))
  if (ended.failure) throw ended.failure
  if (last) yield last
}

interface Ended {
  end?: RunEnd
  failure?: AppError
  waits: readonly RunWait[]
  /** So far. */
  steps: number
  toolCalls: number
}

/** A server that shuts down interrupts its runs; nobody cancelled them. */
function withCause(end: RunEnd, { reason }: AbortSignal): RunEnd {
  const isShutdown = reason instanceof AppError && reason.code === 'server_shutting_down'
  return end.stopReason === 'cancelled' && isShutdown ? { ...end, stopReason: 'interrupted' } : end
}

function toWaits(event: AgentEvent): RunWait[] {
  if (event.type === 'approval-needed') {
    return [{ callId: event.callId, tool: event.tool, arguments: event.arguments }]
  }
  if (event.type !== 'caller-tool-calls') return []
  return event.calls.map(({ id, function: { name, arguments: text } }) => ({
    callId: id,
    tool: name,
    arguments: JSON.parse(text) as unknown,
  }))
}

function toSettlement(
  { end, failure, waits, ...soFar }: Ended,
  { input, ledger }: RecordOptions,
): Omit<RunSettlement, 'events'> {
  const stopReason = end?.stopReason ?? (failure ? 'errors' : 'cancelled')
  const status = failure ? 'failed' : toStatus(stopReason)
  // Who left in the middle did not hear of the end.
  const usage = end ? end.usage : ledger.usage()
  const isWaiting = status === 'waiting_approval' || status === 'waiting_tools'
  return {
    status,
    stopReason,
    error: failure && { code: failure.code, message: toErrorBody(failure).error.message },
    spent: {
      steps: end?.steps ?? soFar.steps,
      modelCalls: end?.modelCalls ?? ledger.calls(),
      toolCalls: end?.toolCalls ?? soFar.toolCalls,
      promptTokens: usage?.prompt_tokens ?? 0,
      completionTokens: usage?.completion_tokens ?? 0,
    },
    ...(isWaiting && { waits, input }),
  }
}

function toStatus(stopReason: StopReason): RunSettlement['status'] {
  switch (stopReason) {
    case 'cancelled':
    case 'interrupted':
    case 'waiting_approval':
      return stopReason
    case 'caller_tools':
      return 'waiting_tools'
    case 'final':
    case 'max_iterations':
    case 'budget':
    case 'repeated_calls':
    case 'errors':
      return 'completed'
  }
}
