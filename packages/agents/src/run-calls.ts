import type { AgentEvent, ToolResult } from '@tandem/schemas'
import { errorResult } from '@tandem/tools'
import type { ResolvedCall } from './resolve-call.ts'
import type { Repeats } from './repeats.ts'
import { runTool } from './run-tool.ts'
import type { RunState } from './run-state.ts'
import { together } from './together.ts'

export interface CallsToRun {
  state: RunState
  repeats: Repeats
  /** The step that `tool-start` names. */
  step: number
}

/** A call and what came of it: no result where it waits for someone. */
export interface Slot {
  resolved: ResolvedCall
  /** Which of its events were told. */
  told: 'nothing' | 'start' | 'end'
  result?: ToolResult
}

/**
 * Runs the calls of one reply: neighbours that may run side by side do, the others run alone and in their order. Hands
 * back their results, in the order of the calls. If the run is cancelled, all that did not end yet end as cancelled, and
 * then that is thrown.
 */
export async function* runCalls(
  calls: readonly ResolvedCall[],
  context: CallsToRun,
): AsyncGenerator<AgentEvent, readonly Slot[]> {
  const slots = calls.map((resolved): Slot => ({ resolved, told: 'nothing' }))
  try {
    for (const group of toGroups(slots)) yield* runGroup(group, context)
  } catch (error) {
    for (const slot of slots) yield* cancel(slot, context.step)
    throw error
  }
  return slots
}

function runGroup(group: readonly Slot[], context: CallsToRun): AsyncGenerator<AgentEvent, void> {
  const [first] = group
  if (first && group.length === 1) return runSlot(first, context)
  const waiting = group.values()
  const next = (): AsyncGenerator<AgentEvent, void> | undefined => {
    const { value } = waiting.next()
    return value && runSlot(value, context)
  }
  return together(next, context.state.limits.concurrency)
}

function toGroups(slots: readonly Slot[]): Slot[][] {
  const groups: Slot[][] = []
  let open = false
  for (const slot of slots) {
    const { resolved } = slot
    const parallel = resolved.kind === 'run' && resolved.tool.traits.parallelSafe
    if (parallel && open) groups.at(-1)?.push(slot)
    else groups.push([slot])
    open = parallel
  }
  return groups
}

async function* runSlot(slot: Slot, context: CallsToRun): AsyncGenerator<AgentEvent, void> {
  const { resolved } = slot
  const { state, step } = context
  if (resolved.kind === 'ask' || resolved.kind === 'caller') return
  slot.told = 'start'
  yield start(slot, step)
  const startedAt = state.clock.now()
  if (resolved.kind === 'answered') slot.result = resolved.result
  else if (resolved.kind === 'exit') slot.result = accepted
  else {
    state.tally.toolCalls += 1
    const { tool, args, key, call } = resolved
    const running = runTool(state, { tool, args, callId: call.id })
    let next = await running.next()
    for (; !next.done; next = await running.next()) {
      yield { type: 'tool-progress', callId: call.id, progress: next.value }
    }
    slot.result = state.sources.number(next.value)
    context.repeats.record(key, tool, slot.result)
  }
  slot.told = 'end'
  yield end(slot, slot.result, state.clock.now() - startedAt)
}

export const acceptedText = 'Accepted.'
const accepted: ToolResult = { content: acceptedText, artifacts: [], citations: [] }

function start({ resolved: { call, given } }: Slot, step: number): AgentEvent {
  return { type: 'tool-start', step, callId: call.id, tool: call.function.name, arguments: given }
}

function end({ resolved: { call, repaired } }: Slot, result: ToolResult, ms: number): AgentEvent {
  const took = Math.round(ms)
  return { type: 'tool-end', callId: call.id, result, ms: took, ...(repaired && { repaired }) }
}

function* cancel(slot: Slot, step: number): Generator<AgentEvent> {
  const { kind } = slot.resolved
  if (slot.told === 'end' || kind === 'ask' || kind === 'caller') return
  if (slot.told === 'nothing') yield start(slot, step)
  yield end(slot, slot.result ?? cancelled, 0)
}

const cancelled = errorResult('cancelled', 'The run was cancelled before this call had ended.')
