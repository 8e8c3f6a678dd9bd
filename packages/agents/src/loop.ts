import type { LanguageModel } from '@tandem/providers'
import {
  AppError,
  type AgentEvent,
  type StopReason,
  type ToolCall,
  type ToolDefinition,
  type ToolResult,
} from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import type { Outcome } from './agent.ts'
import { askModel, type Question, type Reply } from './ask-model.ts'
import {
  orderResults,
  toAssistant,
  toToolMessage,
  toUser,
  type Conversation,
} from './conversation.ts'
import { answerLast } from './last-answer.ts'
import { createRepeats } from './repeats.ts'
import {
  resolveCall,
  withoutRepeats,
  type CallContext,
  type LoopMemory,
  type ResolvedCall,
} from './resolve-call.ts'
import { runCalls } from './run-calls.ts'
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
  /** Calls that wait for a decision. */
  asks?: ToolCall[]
  /** Calls that the caller has to make. */
  callerCalls?: ToolCall[]
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
    end = limit ? { limit } : yield* runTurn(loop, turn)
  }
  return 'limit' in end ? yield* answerLast(state, toQuestion(loop), end.limit) : end
}

function createLoop(state: RunState, task: Task): Loop {
  return {
    state,
    task,
    memory: {
      repeats: createRepeats(state.limits.sameCall),
      strikes: new Map(),
      withdrawn: new Set(),
    },
    offered: [...[...task.tools, ...task.exits].map(toDefinition), ...state.callerTools],
    callerNames: new Set(state.callerTools.flatMap((tool) => tool.function?.name ?? [])),
    failedInRow: 0,
    silentInRow: 0,
  }
}

function toDefinition({ name, description, parameters }: Tool): ToolDefinition {
  return { type: 'function', function: { name, description, parameters } }
}

function toQuestion(loop: Loop): Question {
  const { task, memory, offered, state } = loop
  const gone = memory.withdrawn
  const left =
    gone.size === 0
      ? offered
      : offered.filter(({ function: known }) => !gone.has(known?.name ?? ''))
  const { conversation, model, instructions } = task
  const { responseFormat } = state.run.request
  return {
    conversation,
    model,
    instructions,
    tools: left,
    signal: state.deadline,
    ...(task.step === undefined ? { responseFormat } : { inner: true }),
  }
}

async function* runTurn(loop: Loop, turn: number): AsyncGenerator<AgentEvent, TurnEnd> {
  const { state, task } = loop
  if (task.step === undefined) {
    state.tally.steps += 1
    yield { type: 'step-start', step: state.tally.steps }
  }
  const reply = yield* ask(loop, turn)
  if ('limit' in reply || 'failed' in reply) return 'limit' in reply ? reply : undefined
  const { text, reasoning, calls, finish } = reply
  if (calls.length > 0 && finish !== 'content_filter') {
    return yield* runResolved(loop, resolve(loop, reply), text)
  }
  if (text.trim() === '' && finish !== 'content_filter') return silence(loop, reply)
  task.conversation.messages.push(toAssistant(text, reasoning, []))
  return { stopReason: 'final', finishReason: finish === 'tool_calls' ? 'stop' : finish, text }
}

/** One question, and what its failing comes to. */
async function* ask(
  loop: Loop,
  turn: number,
): AsyncGenerator<AgentEvent, Reply | { limit: StopReason } | { failed: true }> {
  const { state, task } = loop
  const seen = { any: false, text: false }
  try {
    return yield* askModel(state, {
      ...toQuestion(loop),
      conversation: loop.silentInRow > 0 ? nudged(loop) : task.conversation,
      toolChoice: turn === 1 && task.step === undefined ? state.run.request.toolChoice : undefined,
      seen,
    })
  } catch (error) {
    if (state.signal.aborted) throw error
    if (state.deadline.aborted && !seen.text) return { limit: 'budget' }
    if (!(error instanceof AppError) || seen.text) throw error
    // It broke off while nothing was said yet: another turn costs only that.
    loop.failedInRow += 1
    if (seen.any && error.status >= 500 && loop.failedInRow < state.limits.consecutiveErrors) {
      return { failed: true }
    }
    if (!hasResults(task.conversation)) throw error
    return { limit: 'errors' }
  }
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

function silence(loop: Loop, { finish }: Reply): TurnEnd {
  // The caller's own limit was too small for an answer: asking again would meet it again.
  if (finish === 'length' && loop.state.run.request.maxTokens !== undefined) {
    return { stopReason: 'final', finishReason: 'length', text: '' }
  }
  loop.silentInRow += 1
  return loop.silentInRow < loop.state.limits.consecutiveErrors ? undefined : { limit: 'errors' }
}

/** What the reply's calls come to; they join the conversation. */
function resolve(loop: Loop, reply: Reply): ResolvedCall[] {
  loop.silentInRow = 0
  const cut = reply.finish === 'length' ? reply.calls.at(-1) : undefined
  const context = toCallContext(loop)
  const calls = withoutRepeats(
    affordable(loop, reply.calls).map((call) => resolveCall(call, call === cut, context)),
    loop.memory,
  )
  const { text, reasoning } = reply
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
  if (loop.task.step === undefined) {
    loop.state.tally.steps += 1
    yield { type: 'step-start', step: loop.state.tally.steps }
  }
  const context = { ...toCallContext(loop), resumed: true }
  const calls = pending.map((call) => resolveCall(call, false, context))
  const end = yield* runResolved(loop, calls, '')
  orderResults(loop.task.conversation)
  return end
}

async function* runResolved(
  loop: Loop,
  calls: readonly ResolvedCall[],
  text: string,
): AsyncGenerator<AgentEvent, TurnEnd> {
  const { state, task, memory } = loop
  const step = task.step ?? state.tally.steps
  const results = yield* runCalls(calls, { state, repeats: memory.repeats, step })
  for (const { call } of calls) {
    const result = results.get(call.id)
    if (result) task.conversation.messages.push(toToolMessage(call.id, result.content))
  }
  return pausedBy(calls, text) ?? limitedBy(loop, calls, results)
}

/** Calls that someone else has to make or to decide on end the loop for now, and so does an exit. */
function pausedBy(calls: readonly ResolvedCall[], text: string): LoopOutcome | undefined {
  const of = (kind: ResolvedCall['kind']): ToolCall[] =>
    calls.filter((resolved) => resolved.kind === kind).map(({ call }) => call)
  const [callerCalls, asks] = [of('caller'), of('ask')]
  if (callerCalls.length > 0) {
    return { stopReason: 'caller_tools', finishReason: 'tool_calls', text, callerCalls }
  }
  if (asks.length > 0) return { stopReason: 'waiting_approval', finishReason: 'stop', text, asks }
  const exit = calls.find((resolved) => resolved.kind === 'exit')
  if (exit?.kind !== 'exit') return undefined
  const { tool, args } = exit
  return { stopReason: 'final', finishReason: 'stop', text, exit: { name: tool.name, args } }
}

function limitedBy(
  loop: Loop,
  calls: readonly ResolvedCall[],
  results: ReadonlyMap<string, ToolResult>,
): TurnEnd {
  if (calls.some((call) => call.kind === 'answered' && call.circling))
    return { limit: 'repeated_calls' }
  const allFailed = [...results.values()].every(({ error }) => error !== undefined)
  loop.failedInRow = allFailed ? loop.failedInRow + 1 : 0
  return loop.failedInRow < loop.state.limits.consecutiveErrors ? undefined : { limit: 'errors' }
}
