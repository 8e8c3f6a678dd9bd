import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LanguageModel } from '@tandem/providers'
import type { StopReason, ToolDefinition, Usage } from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import { defaultLimits, type AgentLimits } from './limits.ts'
import { describeTool } from './prompted/to-prompted.ts'
import { createSources, type Sources } from './sources.ts'
import type { AgentDeps, AgentRun, Clock } from './types.ts'
import { addUsage, noUsage } from './usage.ts'

/** What all loops of one run share: what it is about, what it may still spend, what it has spent. */
export interface RunState {
  readonly run: AgentRun
  readonly deps: AgentDeps
  readonly limits: AgentLimits
  readonly clock: Clock
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal
  /** Aborts when it is cancelled and when its time is over. */
  readonly deadline: AbortSignal
  /** Ours that can be used now; a tool of the caller hides ours of the same name. */
  readonly tools: readonly Tool[]
  readonly callerTools: readonly ToolDefinition[]
  readonly tally: Tally
  readonly sources: Sources
  readonly startedAt: number
  /** Models that took no native calls as this run asks them. */
  readonly promptedModels: WeakSet<LanguageModel>
  /** A tool as it stands in a prompt; written once, since every step needs it. */
  describe(tool: ToolDefinition): string
  /** The names of a list of tools. */
  namesOf(tools: readonly ToolDefinition[]): ReadonlySet<string>
  /** A call id that this run has not seen; the wanted one where that is free. */
  claimId(wanted: string): string
}

/** What `run-end` reports. */
export interface Tally {
  steps: number
  modelCalls: number
  toolCalls: number
  usage: Usage
  usageLast: Usage
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}

export interface Signals {
  signal: AbortSignal
  deadline: AbortSignal
}

export function createRunState(run: AgentRun, deps: AgentDeps, signals: Signals): RunState {
  const clock = deps.clock ?? systemClock
  const callerTools = (run.request.tools ?? []).filter((tool) => tool.function !== undefined)
  const taken = new Set(callerTools.map((tool) => tool.function?.name))
  const usable = run.request.toolChoice === 'none' ? [] : run.tools
  return {
    run,
    deps,
    limits: { ...defaultLimits, ...run.limits },
    clock,
    ...signals,
    tools: usable.filter((tool) => !taken.has(tool.name) && tool.available().ok),
    callerTools: run.request.toolChoice === 'none' ? [] : callerTools,
    tally: { steps: 0, modelCalls: 0, toolCalls: 0, usage: noUsage, usageLast: noUsage },
    sources: createSources(run.resume?.events),
    startedAt: clock.now(),
    promptedModels: new WeakSet(),
    describe: memoised(describeTool),
    namesOf: memoised(toNames),
    claimId: createIds(run, deps.newId ?? newCallId),
  }
}

function createIds({ request, resume }: AgentRun, newId: () => string): RunState['claimId'] {
  const seen = new Set<string>()
  for (const { tool_calls } of request.messages) {
    for (const { id } of tool_calls ?? []) seen.add(id)
  }
  for (const event of resume?.events ?? []) {
    if (event.type === 'tool-start' || event.type === 'approval-needed') seen.add(event.callId)
    if (event.type === 'caller-tool-calls') for (const { id } of event.calls) seen.add(id)
  }
  return (wanted) => {
    let id = /^[\w.:-]{1,128}$/.test(wanted) ? wanted : newId()
    while (seen.has(id)) id = newId()
    seen.add(id)
    return id
  }
}

function toNames(tools: readonly ToolDefinition[]): ReadonlySet<string> {
  return new Set(tools.flatMap((tool) => tool.function?.name ?? []))
}

function memoised<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const all = new WeakMap<Key, Made>()
  return (key) => {
    const known = all.get(key)
    if (known !== undefined) return known
    const made = make(key)
    all.set(key, made)
    return made
  }
}

function newCallId(): string {
  return `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`
}

export function countModelCall({ tally }: RunState, usage: Usage | undefined): void {
  tally.modelCalls += 1
  tally.usageLast = usage ?? noUsage
  if (usage) tally.usage = addUsage(tally.usage, usage)
}

/** Why the whole run may not go on; undefined while it may. */
export function spentBudget(state: RunState): StopReason | undefined {
  const { tally, limits, deadline } = state
  const over =
    deadline.aborted ||
    tally.modelCalls >= limits.modelCalls ||
    tally.toolCalls >= limits.toolCalls ||
    tally.usage.total_tokens >= limits.tokens
  return over ? 'budget' : undefined
}
