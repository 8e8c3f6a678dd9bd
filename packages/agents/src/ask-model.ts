import type { LanguageModel, ModelEvent, ModelRequest } from '@tandem/providers'
import {
  AppError,
  type AgentEvent,
  type FinishReason,
  type ToolCall,
  type ToolChoice,
  type ToolDefinition,
  type Usage,
} from '@tandem/schemas'
import { keepRoom, makeRoom } from './compaction.ts'
import { count, type Conversation } from './conversation.ts'
import type { RawCall } from './prompted/raw-calls.ts'
import { createScanner, type Scanner } from './prompted/scanner.ts'
import { toPrompted } from './prompted/to-prompted.ts'
import { countModelCall, type RunState } from './run-state.ts'
import { withSystem } from './system-message.ts'
import { saysNoTools, type ToolMode } from './tool-modes.ts'
import { estimateUsage, sizeOf } from './usage.ts'

export interface Question {
  model: LanguageModel
  conversation: Conversation
  /** Put before the caller's system message. */
  instructions: string
  tools: readonly ToolDefinition[]
  toolChoice?: ToolChoice | undefined
  responseFormat?: ModelRequest['responseFormat']
  /** No answer for the caller, whose limits on the answer then do not count. */
  inner?: boolean
  signal: AbortSignal
  /** Is told what came, so that whoever asked knows what a failure left behind. */
  seen?: Seen
}

export interface Seen {
  /** Anything at all: from then on nothing is tried again here. */
  any: boolean
  /** Text that was shown. */
  text: boolean
}

export interface Reply {
  text: string
  reasoning: string
  calls: ToolCall[]
  finish: FinishReason
  usage?: Usage | undefined
}

/**
 * One model call, streamed. Before the first thing that can be seen it is tried again where that helps: in the prompted
 * syntax where the model has no native calls, with a shorter conversation where that was too long (`level` tells how far
 * that went already).
 */
export async function* askModel(
  state: RunState,
  question: Question,
  level?: number,
): AsyncGenerator<AgentEvent, Reply> {
  const { model, conversation, tools, seen = { any: false, text: false } } = question
  if (level === undefined) await keepRoom(conversation, model, state)
  const mode = state.deps.toolModes.modeOf(model)
  const scanner =
    tools.length > 0
      ? createScanner({ names: state.namesOf(tools), prompted: mode === 'prompted' })
      : undefined
  const reply: Reply = { text: '', reasoning: '', calls: [], finish: 'stop' }
  const request = toRequest(state, question, mode)
  let size = 0
  try {
    for await (const event of model.stream(request, question)) {
      size += sizeOf(event)
      seen.any ||= event.type !== 'start' && event.type !== 'finish'
      const shown = take(event, reply, scanner)
      if (!shown) continue
      seen.text ||= shown.type === 'text-delta'
      yield shown
    }
  } catch (error) {
    const { aborted } = question.signal
    // A call that was refused cost nothing.
    const guess = size > 0 || aborted ? estimateUsage(request, size) : undefined
    countModelCall(state, reply.usage ?? guess)
    if (seen.any || aborted) throw error
    const next = await mend(state, question, { error, mode, level: level ?? 0 })
    return yield* askModel(state, { ...question, seen }, next)
  }
  countModelCall(state, reply.usage ?? estimateUsage(request, size))
  const rest = scanner && show(reply, scanner.end())
  if (rest) yield rest
  if (scanner && reply.calls.length === 0) reply.calls = scanner.calls.map(toToolCall)
  count(conversation, reply.usage)
  return reply
}

interface Refusal {
  error: unknown
  mode: ToolMode
  /** How far the conversation was made shorter already. */
  level: number
}

/** Changes what the model refused, so that it can be asked again. Hands back the new level; throws the error where nothing helps. */
async function mend(
  state: RunState,
  { model, conversation, tools }: Question,
  { error, mode, level }: Refusal,
): Promise<number> {
  if (mode === 'native' && tools.length > 0 && saysNoTools(error)) {
    state.deps.toolModes.remember(model, 'prompted')
    return level
  }
  const tooLong = error instanceof AppError && error.code === 'context_length_exceeded'
  const next = tooLong ? await makeRoom(conversation, model, { state, level }) : undefined
  if (next === undefined) throw error
  return next
}

/** Adds an event to the reply and hands back what can be seen of it. */
function take(
  event: ModelEvent,
  reply: Reply,
  scanner: Scanner | undefined,
): AgentEvent | undefined {
  if (event.type === 'text-delta') {
    return show(reply, scanner ? scanner.push(event.text) : event.text)
  }
  if (event.type === 'reasoning-delta') {
    reply.reasoning += event.text
    return { type: 'reasoning-delta', text: event.text }
  }
  if (event.type === 'tool-call-end') reply.calls.push(event.call)
  if (event.type === 'finish') {
    reply.finish = event.reason
    reply.usage = event.usage
  }
  return undefined
}

function show(reply: Reply, text: string): AgentEvent | undefined {
  reply.text += text
  return text === '' ? undefined : { type: 'text-delta', text }
}

function toToolCall({ name, arguments: text }: RawCall): ToolCall {
  return { id: '', type: 'function', function: { name, arguments: text } }
}

function toRequest(state: RunState, question: Question, mode: ToolMode): ModelRequest {
  const { conversation, instructions, tools, toolChoice, responseFormat, inner } = question
  const { temperature, topP, seed, maxTokens, stop, extra } = state.run.request
  const messages = instructions
    ? withSystem(conversation.messages, instructions)
    : conversation.messages
  const anyTools = tools.length > 0
  const request: ModelRequest = {
    messages,
    temperature,
    topP,
    seed,
    responseFormat,
    maxTokens: inner ? undefined : maxTokens,
    stop: inner ? undefined : stop,
    tools: anyTools ? [...tools] : undefined,
    toolChoice: anyTools ? toolChoice : undefined,
    extra: extra && !anyTools ? withoutCalls(extra) : extra,
  }
  if (mode === 'native') return request
  const offered = mode === 'none' ? { ...request, tools: [] } : request
  return toPrompted(offered, state.deps.prompts['call-syntax'], state.describe)
}

/** Settings that OpenAI refuses where there are no tools. */
function withoutCalls(extra: Record<string, unknown>): Record<string, unknown> {
  const { parallel_tool_calls: _, functions: __, function_call: ___, ...rest } = extra
  return rest
}
