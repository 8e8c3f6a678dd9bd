import type { LanguageModel } from '@tandem/providers'
import {
  AppError,
  type AgentEvent,
  type StopReason,
  type ToolCall,
  type ToolDefinition,
} from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import type { Outcome } from './agent.ts'
import { askModel, type Question, type Reply, type Seen } from './ask-model.ts'
import {
  orderResults,
  toAssistant,
  toContent,
  toToolMessage,
  toUser,
  type Conversation,
} from './conversation.ts'
import { answerLast, toFinish } from './last-answer.ts'
import { createRepeats } from './repeats.ts'
import {
  resolveCall,
  withoutLostExits,
  withoutRepeats,
  type CallContext,
  type LoopMemory,
  type ResolvedCall,
} from './resolve-call.ts'
import { runCalls, type CallsToRun, type Slot } from './run-calls.ts'
import { spentBudget, type RunState } from './run-state.ts'

/** What a loop is given to do. */
export interface Task {
  conversation: Conversation
  model: LanguageModel
  instructions: string
  tools: readonly Tool[]
  /** Tools that end the loop and hand their arguments to whoever runs it. */
  exits: readonly Tool[]
  /** Model calls, beside the last answer. */
  iterations: number
  /** The step of a plan that this is; a loop by itself counts its own. */
  step?: number
  /** Calls of the last assistant message that were never answered: a run is resumed. */
  pending?: readonly ToolCall[]
}

export interface LoopOutcome extends Outcome {
  /** The exit that was called. */
  exit?: { name: string; args: unknown }
}

interface Loop {
  state: RunState
  task: Task
  memory: LoopMemory
  offered: ToolDefinition[]
  callerNames: ReadonlySet<string>
  failedInRow: number
  silentInRow: number
}

/** What ended a turn: an outcome, a limit that calls for a last answer, or nothing. */
type TurnEnd = LoopOutcome | { limit: StopReason } | undefined

/**
 * The kernel: ask the model, run what it calls, put the results before it, until it answers or a limit ends it. Everything
 * that can go wrong with a call becomes a result that the model reads; every limit ends in an answer.
 */
export async function* runLoop(
  state: RunState,
  task: Task,
): AsyncGenerator<AgentEvent, LoopOutcome> {
  const loop = createLoop(state, task)
  let end: TurnEnd = task.pending?.length ? yield* settle(loop, task.pending) : undefined
  for (let turn = 1; !end; turn += 1) {
    state.signal.throwIfAborted()
    const limit = spentBudget(state) ?? (turn > task.iterations ? 'max_iterations' : undefined)
    if (limit) {
      end = { limit }
      break
    }
    if (task.step === undefined) yield beginStep(state)
    const question = toQuestion(loop, turn)
    let reply: Reply
    try {
      reply = yield* askModel(state, question)
    } catch (error) {
      end = afterFailure(loop, error, question.seen)
      continue
    }
    const calls = resolve(loop, reply)
    end =
      calls.length > 0
        ? afterCalls(loop, yield* runCalls(calls, toContext(loop)), reply.text)
        : afterText(loop, reply)
  }
  return 'limit' in end ? yield* answerLast(state, toQuestion(loop), end.limit) : end
}

function createLoop(state: RunState, task: Task): Loop {
  const callerNames = new Set(state.callerTools.flatMap((tool) => tool.function?.name ?? []))
  // Whoever brings a tool by the name of an exit means that tool.
  const taken = new Set([...callerNames, ...task.tools.map(({ name }) => name)])
  const exits = task.exits.filter(({ name }) => !taken.has(name))
  return {
    state,
    task: { ...task, exits },
    memory: {
      repeats: createRepeats(state.limits.sameCall),
      strikes: new Map(),
      withdrawn: new Set(),
    },
    offered: [...[...task.tools, ...exits].map(toDefinition), ...state.callerTools],
    callerNames,
    failedInRow: 0,
    silentInRow: 0,
  }
}

function toDefinition({ name, description, parameters }: Tool): ToolDefinition {
  return { type: 'function', function: { name, description, parameters } }
}

function toQuestion(loop: Loop, turn?: number): Question & { seen: Seen } {
  const { task, state, silentInRow } = loop
  const { responseFormat, toolChoice } = state.run.request
  const isWhole = task.step === undefined
  return {
    conversation: silentInRow > 0 && turn !== undefined ? nudged(loop) : task.conversation,
    model: task.model,
    instructions: task.instructions,
    tools: left(loop),
    toolChoice: isWhole && turn === 1 ? toolChoice : undefined,
    responseFormat: isWhole ? responseFormat : undefined,
    inner: !isWhole,
    signal: state.deadline,
    seen: { any: false, text: false },
  }
}

/** What is offered but for what was given up on. */
function left({ memory: { withdrawn }, offered }: Loop): ToolDefinition[] {
  if (withdrawn.size === 0) return offered
  return offered.filter(({ function: known }) => !withdrawn.has(known?.name ?? ''))
}

function beginStep({ tally }: RunState): AgentEvent {
  tally.steps += 1
  return { type: 'step-start', step: tally.steps }
}

/** What the failing of a question comes to. @throws the error where the run fails with it */
function afterFailure(loop: Loop, error: unknown, seen: Seen): TurnEnd {
  const { state, task } = loop
  if (state.signal.aborted) throw error
  if (state.deadline.aborted && !seen.text) return { limit: 'budget' }
  if (!(error instanceof AppError) || seen.text) throw error
  // It broke off while nothing was said yet: another turn costs only that.
  loop.failedInRow += 1
  if (seen.any && error.status >= 500 && loop.failedInRow < state.limits.consecutiveErrors) {
    return undefined
  }
  if (!hasResults(task.conversation)) throw error
  return { limit: 'errors' }
}

function hasResults({ messages }: Conversation): boolean {
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  return messages.slice(asked + 1).some(({ role }) => role === 'tool')
}

/** A word that the model should say something; it is no part of the conversation. */
function nudged({ state, task }: Loop): Conversation {
  const word = toUser(state.deps.prompts['say-something'].trim())
  return { messages: [...task.conversation.messages, word] }
}

/** A reply without calls is the answer, unless it says nothing. */
function afterText(loop: Loop, reply: Reply): TurnEnd {
  const { text, reasoning, finish } = reply
  if (text.trim() === '' && finish !== 'content_filter') return silence(loop, reply)
  loop.task.conversation.messages.push(toAssistant(text, reasoning, []))
  return { stopReason: 'final', finishReason: toFinish(finish), text }
}

function silence(loop: Loop, { finish }: Reply): TurnEnd {
  // The caller's own limit was too small for an answer: asking again would meet it again.
  if (finish === 'length' && loop.state.run.request.maxTokens !== undefined) {
    return { stopReason: 'final', finishReason: 'length', text: '' }
  }
  loop.silentInRow += 1
  return loop.silentInRow < loop.state.limits.consecutiveErrors ? undefined : { limit: 'errors' }
}

/** What the reply's calls come to; they join the conversation. None where it has none that may be made. */
function resolve(
  loop: Loop,
  { calls: asked, finish, text, reasoning }: Reply,
): readonly ResolvedCall[] {
  if (asked.length === 0 || finish === 'content_filter') return []
  loop.silentInRow = 0
  const cut = finish === 'length' ? asked.at(-1) : undefined
  const context = toCallContext(loop)
  const resolved = affordable(loop, asked).map((call) => resolveCall(call, call === cut, context))
  const calls = withoutLostExits(withoutRepeats(resolved, loop.memory))
  const wire = calls.map(({ call }) => call)
  loop.task.conversation.messages.push(toAssistant(text, reasoning, wire))
  return calls
}

/** The caller's calls, and of ours as many as the run may still make; the limit ends the loop after them. */
function affordable({ state, callerNames }: Loop, calls: readonly ToolCall[]): ToolCall[] {
  let left = Math.max(1, state.limits.toolCalls - state.tally.toolCalls)
  return calls.filter((call) => callerNames.has(call.function.name) || left-- > 0)
}

function toCallContext({ state, memory, task, callerNames }: Loop): CallContext {
  return { state, memory, tools: task.tools, exits: task.exits, callerNames }
}

/** A resumed run first makes the calls that were left open. */
async function* settle(
  loop: Loop,
  pending: readonly ToolCall[],
): AsyncGenerator<AgentEvent, TurnEnd> {
  if (loop.task.step === undefined) yield beginStep(loop.state)
  const context = { ...toCallContext(loop), resumed: true }
  const calls = pending.map((call) => resolveCall(call, false, context))
  const end = afterCalls(loop, yield* runCalls(calls, toContext(loop)), '')
  orderResults(loop.task.conversation)
  return end
}

function toContext({ state, task, memory }: Loop): CallsToRun {
  return { state, repeats: memory.repeats, step: task.step ?? state.tally.steps }
}

/** `text` is what was said before the calls. */
function afterCalls(loop: Loop, slots: readonly Slot[], text: string): TurnEnd {
  const { messages } = loop.task.conversation
  for (const { resolved, result } of slots) {
    if (result) messages.push(toToolMessage(resolved.call.id, toContent(result)))
  }
  return pausedBy(slots, text) ?? limitedBy(loop, slots)
}

/** Calls that someone else has to make or to decide on end the loop for now, and so does an exit. */
function pausedBy(slots: readonly Slot[], text: string): LoopOutcome | undefined {
  const callerCalls = callsOf(slots, 'caller')
  if (callerCalls.length > 0) {
    return { stopReason: 'caller_tools', finishReason: 'tool_calls', text, callerCalls }
  }
  const asks = callsOf(slots, 'ask')
  if (asks.length > 0) return { stopReason: 'waiting_approval', finishReason: 'stop', text, asks }
  const exit = slots.find(({ resolved }) => resolved.kind === 'exit')?.resolved
  if (exit?.kind !== 'exit') return undefined
  const { tool, args } = exit
  return { stopReason: 'final', finishReason: 'stop', text, exit: { name: tool.name, args } }
}

function callsOf(slots: readonly Slot[], kind: ResolvedCall['kind']): ToolCall[] {
  return slots.filter(({ resolved }) => resolved.kind === kind).map(({ resolved }) => resolved.call)
}

function limitedBy(loop: Loop, slots: readonly Slot[]): TurnEnd {
  const circling = slots.some(({ resolved }) => resolved.kind === 'answered' && resolved.circling)
  if (circling) return { limit: 'repeated_calls' }
  const allFailed = slots.every(({ result }) => result?.error !== undefined)
  loop.failedInRow = allFailed ? loop.failedInRow + 1 : 0
  return loop.failedInRow < loop.state.limits.consecutiveErrors ? undefined : { limit: 'errors' }
}
