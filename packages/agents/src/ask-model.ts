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
import { wantsJson } from './wants-json.ts'

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

/** How a question is asked. */
interface Attempt {
  mode: ToolMode
  /** How far the conversation was made shorter already. */
  level: number
  /** The model refused native calls, so it is tried whether it takes the prompted ones. */
  refused?: boolean | undefined
}

/**
 * One model call, streamed. Before the first thing that can be seen it is tried again where that helps: in the prompted
 * syntax where the model has no native calls, with a shorter conversation where that was too long. Text is held back to
 * the end where JSON is asked for: only then it is known whether it is the answer or words before calls.
 */
export async function* askModel(
  state: RunState,
  question: Question,
  attempt?: Attempt,
): AsyncGenerator<AgentEvent, Reply> {
  const { model, conversation, tools, seen = { any: false, text: false } } = question
  if (!attempt) await keepRoom(conversation, model, state)
  const { mode, level, refused } = attempt ?? { mode: modeFor(state, model), level: 0 }
  const json = wantsJson(question)
  const scanner =
    tools.length > 0
      ? createScanner({
          names: state.namesOf(tools),
          prompted: mode === 'prompted',
          json,
        })
      : undefined
  const reply: Reply = { text: '', reasoning: '', calls: [], finish: 'stop' }
  const request = toRequest(state, question, mode)
  let size = 0
  try {
    for await (const event of model.stream(request, question)) {
      size += sizeOf(event)
      seen.any ||= event.type !== 'start' && event.type !== 'finish'
      const shown = take(event, reply, scanner)
      if (!shown || (json && shown.type === 'text-delta')) continue
      seen.text ||= shown.type === 'text-delta'
      yield shown
    }
  } catch (error) {
    const { aborted } = question.signal
    // A call that was refused cost nothing.
    const guess = size > 0 || aborted ? estimateUsage(request, size) : undefined
    countModelCall(state, reply.usage ?? guess)
    if (seen.any || aborted) throw error
    const next = await mend(state, question, { error, mode, level, refused })
    return yield* askModel(state, { ...question, seen }, next)
  }
  countModelCall(state, reply.usage ?? estimateUsage(request, size))
  if (refused) learn(state, question)
  const rest = scanner && show(reply, scanner.end())
  if (scanner && reply.calls.length === 0) reply.calls = scanner.calls.map(toToolCall)
  const last = json ? toHeld(reply) : rest
  if (last) yield last
  count(conversation, reply.usage)
  return reply
}

function modeFor({ deps, promptedModels }: RunState, model: LanguageModel): ToolMode {
  return promptedModels.has(model) ? 'prompted' : deps.toolModes.modeOf(model)
}

/**
 * The prompted syntax worked where native calls did not. What was refused together with settings or tools of the caller's
 * may have been refused for them, so that holds for this run alone; else it is how the model is, for all runs.
 */
function learn(state: RunState, { model, toolChoice, responseFormat }: Question): void {
  const { extra = {} } = state.run.request
  const ownsAll = Object.keys(extra).length === 0 && state.callerTools.length === 0
  const isPlain = ownsAll && toolChoice === undefined && responseFormat === undefined
  if (isPlain) state.deps.toolModes.remember(model, 'prompted')
  else state.promptedModels.add(model)
}

/** Changes what the model refused, so that it can be asked again. @throws the error where nothing helps */
async function mend(
  state: RunState,
  { model, conversation, tools }: Question,
  { error, ...attempt }: Attempt & { error: unknown },
): Promise<Attempt> {
  if (attempt.mode === 'native' && tools.length > 0 && saysNoTools(error)) {
    return { ...attempt, mode: 'prompted', refused: true }
  }
  const tooLong = error instanceof AppError && error.code === 'context_length_exceeded'
  const { level: done } = attempt
  const level = tooLong ? await makeRoom(conversation, model, { state, level: done }) : undefined
  if (level === undefined) throw error
  return { ...attempt, level }
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

/** All that was said: the answer, or thoughts where calls follow. */
function toHeld({ text, calls, finish }: Reply): AgentEvent | undefined {
  if (text === '') return undefined
  return calls.length > 0 && finish !== 'content_filter'
    ? { type: 'reasoning-delta', text: `${text}\n` }
    : { type: 'text-delta', text }
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
  const isNative = anyTools && mode === 'native'
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
    extra: extra && !isNative ? withoutCalls(extra) : extra,
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
