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

interface Slot {
  resolved: ResolvedCall
  /** Which of its events were seen outside. */
  seen: 'nothing' | 'start' | 'end'
  result?: ToolResult
}

/**
 * Runs the calls of one reply: neighbours that may run side by side do, the others run alone and in their order. Hands
 * back the results by call id; calls that wait for someone have none. If the run is cancelled, all that did not end yet
 * end as cancelled, and then that is thrown.
 */
export async function* runCalls(
  calls: readonly ResolvedCall[],
  context: CallsToRun,
): AsyncGenerator<AgentEvent, Map<string, ToolResult>> {
  const slots = new Map(
    calls.map((resolved): [string, Slot] => [resolved.call.id, { resolved, seen: 'nothing' }]),
  )
  try {
    for (const group of toGroups([...slots.values()])) {
      for await (const event of runGroup(group, context)) {
        note(event, slots)
        yield event
      }
    }
  } catch (error) {
    for (const slot of slots.values()) yield* cancel(slot, context.step)
    throw error
  }
  const ended = [...slots].flatMap(([id, { result }]): [string, ToolResult][] =>
    result ? [[id, result]] : [],
  )
  return new Map(ended)
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

function note(event: AgentEvent, slots: ReadonlyMap<string, Slot>): void {
  const slot = 'callId' in event ? slots.get(event.callId) : undefined
  if (slot && event.type === 'tool-start') slot.seen = 'start'
  if (slot && event.type === 'tool-end') slot.seen = 'end'
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
  const { state, repeats, step } = context
  if (resolved.kind === 'ask' || resolved.kind === 'caller') return
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
    repeats.record(key, tool, slot.result)
  }
  yield end(slot, slot.result, state.clock.now() - startedAt)
}

const accepted: ToolResult = { content: 'Accepted.', artifacts: [], citations: [] }

function start({ resolved: { call, given } }: Slot, step: number): AgentEvent {
  return { type: 'tool-start', step, callId: call.id, tool: call.function.name, arguments: given }
}

function end({ resolved: { call, repaired } }: Slot, result: ToolResult, ms: number): AgentEvent {
  const took = Math.round(ms)
  return { type: 'tool-end', callId: call.id, result, ms: took, ...(repaired && { repaired }) }
}

function* cancel(slot: Slot, step: number): Generator<AgentEvent> {
  const { kind } = slot.resolved
  if (slot.seen === 'end' || kind === 'ask' || kind === 'caller') return
  if (slot.seen === 'nothing') yield start(slot, step)
  yield end(slot, slot.result ?? cancelled, 0)
}

const cancelled = errorResult('cancelled', 'The run was cancelled before this call had ended.')
