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
}

/**
 * One model call, streamed. Before the first thing that can be seen it is tried again where that helps: in the prompted
 * syntax where the model has no native calls, with a shorter conversation where that was too long.
 */
export async function* askModel(
  state: RunState,
  question: Question,
): AsyncGenerator<AgentEvent, Reply> {
  const { model, conversation } = question
  await keepRoom(conversation, model, state)
  const seen = question.seen ?? { any: false, text: false }
  let level = 0
  for (;;) {
    const mode = state.deps.toolModes.modeOf(model)
    try {
      return yield* read(state, question, { mode, seen })
    } catch (error) {
      if (seen.any || question.signal.aborted) throw error
      if (mode === 'native' && question.tools.length > 0 && saysNoTools(error)) {
        state.deps.toolModes.remember(model, 'prompted')
        continue
      }
      if (!(error instanceof AppError) || error.code !== 'context_length_exceeded') throw error
      const next = await makeRoom(conversation, model, { state, level })
      if (next === undefined) throw error
      level = next
    }
  }
}

interface Attempt {
  mode: ToolMode
  seen: Seen
}

async function* read(
  state: RunState,
  question: Question,
  { mode, seen }: Attempt,
): AsyncGenerator<AgentEvent, Reply> {
  const names = new Set(question.tools.flatMap((tool) => tool.function?.name ?? []))
  const scanner = createScanner({ names, prompted: mode === 'prompted' })
  const reply: Reply = { text: '', reasoning: '', calls: [], finish: 'stop' }
  let usage: Usage | undefined
  try {
    for await (const event of question.model.stream(toRequest(state, question, mode), question)) {
      if (event.type === 'finish') usage = event.usage
      else if (event.type !== 'start') seen.any = true
      const shown = take(event, reply, names.size > 0 ? scanner : undefined)
      if (!shown) continue
      seen.text ||= shown.type === 'text-delta'
      yield shown
    }
  } finally {
    countModelCall(state, usage)
  }
  const rest = show(reply, scanner.end())
  if (rest) yield rest
  if (reply.calls.length === 0) reply.calls = scanner.calls.map(toToolCall)
  count(question.conversation, usage)
  return reply
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
  if (event.type === 'finish') reply.finish = event.reason
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
  const request: ModelRequest = {
    messages,
    temperature,
    topP,
    seed,
    responseFormat,
    ...(!inner && { maxTokens, stop }),
    ...(tools.length > 0 && { tools: [...tools], toolChoice }),
    ...(extra && { extra: tools.length > 0 ? extra : withoutCalls(extra) }),
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
