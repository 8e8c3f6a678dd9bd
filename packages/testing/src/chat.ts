/** Well-formed answers of the OpenAI dialect, to be scripted and compared with. */
import type { Usage } from '@tandem/schemas'

export interface CallSpec {
  id?: string
  name: string
  /** JSON text, or a value to be written as JSON. */
  arguments: unknown
}

export interface ChatCompletionOptions {
  content?: string | null
  toolCalls?: readonly CallSpec[]
  usage?: Usage
  id?: string
  model?: string
  /** How many choices, all alike. */
  n?: number
  finishReason?: string
}

export interface ChatChunksOptions extends ChatCompletionOptions {
  /** The pieces that the content comes in; by default the content is cut before each space. */
  tokens?: readonly string[]
  /** As `stream_options.include_usage`: `usage: null` on each chunk, and a last one with no choices. */
  includeUsage?: boolean
}

export const defaultModel = 'fake-model'
export const defaultContent = 'Hello! I am a fake model, and I am quite all right.'
const defaultId = 'chatcmpl-fake00000000000000000001'
const created = 1_750_000_000

/** A usage with the details that OpenAI sends. */
export function usageOf(promptTokens: number, completionTokens: number): Usage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

/** The body of a chat completion that was not streamed. */
export function chatCompletion(options: ChatCompletionOptions = {}): object {
  const content = contentOf(options)
  const calls = (options.toolCalls ?? []).map(toCall)
  return {
    id: options.id ?? defaultId,
    object: 'chat.completion',
    created,
    model: options.model ?? defaultModel,
    choices: Array.from({ length: options.n ?? 1 }, (_, index) => ({
      index,
      message: {
        role: 'assistant',
        content,
        ...(calls.length > 0 && { tool_calls: calls }),
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: finishReasonOf(options),
    })),
    usage: options.usage ?? usageOf(9, splitTokens(content ?? '').length),
    service_tier: 'default',
    system_fingerprint: 'fp_fake',
  }
}

/** The chunks of a streamed chat completion, without `[DONE]`; a given `usage` asks for the usage chunk as well. */
export function chatChunks(options: ChatChunksOptions = {}): object[] {
  const tokens = options.tokens ?? splitTokens(contentOf(options) ?? '')
  const withUsage = options.includeUsage ?? options.usage !== undefined
  const head = {
    id: options.id ?? defaultId,
    object: 'chat.completion.chunk',
    created,
    model: options.model ?? defaultModel,
    service_tier: 'default',
    system_fingerprint: 'fp_fake',
  }
  const indices = Array.from({ length: options.n ?? 1 }, (_, index) => index)
  const chunk = (index: number, delta: object, finishReason: string | null = null) => ({
    ...head,
    choices: [{ index, delta, logprobs: null, finish_reason: finishReason }],
    ...(withUsage && { usage: null }),
  })
  const first = {
    role: 'assistant',
    content: options.toolCalls ? null : '',
    refusal: null,
  }
  const deltas = [
    first,
    ...tokens.map((content) => ({ content })),
    ...(options.toolCalls ?? []).flatMap(toCallDeltas),
  ]
  return [
    ...deltas.flatMap((delta) => indices.map((index) => chunk(index, delta))),
    ...indices.map((index) => chunk(index, {}, finishReasonOf(options))),
    ...(withUsage
      ? [{ ...head, choices: [], usage: options.usage ?? usageOf(9, tokens.length) }]
      : []),
  ]
}

function contentOf(options: ChatCompletionOptions): string | null {
  if (options.content !== undefined) return options.content
  return options.toolCalls ? null : defaultContent
}

function finishReasonOf(options: ChatCompletionOptions): string {
  return options.finishReason ?? (options.toolCalls ? 'tool_calls' : 'stop')
}

/** Cuts a text before each space, as most tokenizers would. */
export function splitTokens(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? []
}

function toCall(spec: CallSpec, index: number): object {
  return {
    id: spec.id ?? `call_fake${index}`,
    type: 'function',
    function: { name: spec.name, arguments: toArguments(spec.arguments) },
  }
}

/** A call's name comes first, then its arguments in pieces, as OpenAI streams them. */
function toCallDeltas(spec: CallSpec, index: number): object[] {
  const text = toArguments(spec.arguments)
  const pieces = text.match(/[\s\S]{1,6}/g) ?? []
  const opening = {
    index,
    id: spec.id ?? `call_fake${index}`,
    type: 'function',
    function: { name: spec.name, arguments: '' },
  }
  return [
    { tool_calls: [opening] },
    ...pieces.map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]
}

function toArguments(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
