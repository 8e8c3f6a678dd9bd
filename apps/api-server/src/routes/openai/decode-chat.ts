import {
  AppError,
  chatRequestSchema,
  ownRequestFields,
  parseInput,
  type ChatRequest,
  type Message,
  type Principal,
  type ToolChoice,
  type ToolDefinition,
} from '@tandem/schemas'
import { parseJsonObject } from '@tandem/http'
import type { ModelRequest } from '@tandem/providers'
import type { Turn } from '../../chat/turn.ts'

export interface DecodedChat {
  turn: Turn
  stream: boolean
  includeUsage: boolean
  /** The caller speaks of `functions`, so it is answered with `function_call`. */
  legacyFunctions: boolean
}

export interface DecodeContext {
  requestId: string
  principal: Principal
  defaultModel: string | undefined
}

/** The body of a chat completion as a turn. @throws AppError 400 with `param` */
export function decodeChat(
  body: Buffer,
  { requestId, principal, defaultModel }: DecodeContext,
): DecodedChat {
  const request = parseInput(chatRequestSchema, parseJsonObject(body))
  const model = request.model ?? defaultModel
  if (!model) {
    throw new AppError('missing_parameter', {
      message: "Missing required parameter: 'model'. Name one, or set DEFAULT_MODEL on the server.",
      param: 'model',
    })
  }
  const stream = request.stream ?? false
  return {
    stream,
    includeUsage: stream && request.stream_options?.include_usage === true,
    legacyFunctions: Boolean(request.functions?.length && !request.tools?.length),
    turn: {
      requestId,
      principal,
      model,
      ...(request.agent_type ? { agent: toAgent(request) } : undefined),
      ...(request.session_id ? { session: { id: request.session_id, create: true } } : undefined),
      ...(request.available_tools ? { availableTools: request.available_tools } : undefined),
      request: toModelRequest(request),
      raw: {
        body,
        stream,
        model: request.model ?? undefined,
        streamOptions: request.stream_options ?? undefined,
        ownFields: ownRequestFields.filter((field) => Object.hasOwn(request, field)),
      },
      attachments: [],
      memory: { read: false, write: false },
    },
  }
}

function toAgent({ agent_type, x_agent }: ChatRequest): NonNullable<Turn['agent']> {
  const name = agent_type === 'plan-execute' ? 'plan_execute' : (agent_type ?? 'chat')
  return { name, options: x_agent ?? {} }
}

/** Null means absent, so each field is there or it is not. */
function toModelRequest(request: ChatRequest): ModelRequest {
  const {
    model: _model,
    stream: _stream,
    stream_options: _streamOptions,
    messages,
    tools,
    tool_choice,
    functions,
    function_call,
    temperature,
    top_p,
    max_tokens,
    max_completion_tokens,
    stop,
    seed,
    response_format,
    ...rest
  } = request
  return withoutAbsent({
    messages: messages.map(fromLegacyMessage),
    tools: tools?.length ? tools : functions?.map(toTool),
    toolChoice: tool_choice ?? toToolChoice(function_call),
    temperature,
    topP: top_p,
    maxTokens: toLimit(max_completion_tokens ?? max_tokens),
    stop: typeof stop === 'string' ? [stop] : stop,
    seed,
    responseFormat: response_format,
    extra: Object.fromEntries(
      Object.entries(rest).filter(
        ([key]) => !(ownRequestFields as readonly string[]).includes(key),
      ),
    ),
  })
}

function toLimit(tokens: number | null | undefined): number | null | undefined {
  return tokens === -1 ? undefined : tokens
}

function withoutAbsent(fields: {
  [Key in keyof ModelRequest]: ModelRequest[Key] | null | undefined
}): ModelRequest {
  const present = Object.entries(fields).filter(
    ([, value]) => value !== null && value !== undefined,
  )
  return Object.fromEntries(present) as unknown as ModelRequest
}

type LegacyFunction = NonNullable<ChatRequest['functions']>[number]

function toTool(definition: LegacyFunction): ToolDefinition {
  return { type: 'function', function: definition }
}

function toToolChoice(call: ChatRequest['function_call']): ToolChoice | undefined {
  if (call === null || call === undefined) return undefined
  if (typeof call === 'string') return call === 'none' ? 'none' : 'auto'
  return { type: 'function', function: { name: call.name } }
}

/** `function_call` and the role `function` became `tool_calls` and `tool`; a call's name stood for its id. */
function fromLegacyMessage(message: Message): Message {
  const { function_call: call, ...rest } = message
  if (message.role === 'function') {
    return { ...message, role: 'tool', tool_call_id: `call_${message.name ?? ''}` }
  }
  if (!isFunctionCall(call)) return message
  const id = `call_${call.name}`
  return { ...rest, tool_calls: [{ id, type: 'function', function: call }] }
}

function isFunctionCall(value: unknown): value is { name: string; arguments: string } {
  const { name, arguments: args } = (value ?? {}) as Record<string, unknown>
  return typeof name === 'string' && typeof args === 'string'
}
