import { randomUUID } from 'node:crypto'
import {
  AppError,
  chatRequestSchema,
  isPlainChatRequest,
  newSessionId,
  ownRequestFields,
  parseInput,
  type ChatRequest,
  type Message,
  type Principal,
  type ToolChoice,
  type ToolDefinition,
} from '@tandem/schemas'
import type { Config } from '@tandem/config'
import type { ModelRequest } from '@tandem/providers'
import type { Turn } from '../../chat/turn.ts'
import { splitAgentModel } from './agent-models.ts'

export interface DecodedChat {
  turn: Turn
  /** The model as the caller named it; every answer repeats it. */
  model: string
  stream: boolean
  includeUsage: boolean
  /** The caller speaks of `functions`, so it is answered with `function_call`. */
  legacyFunctions: boolean
}

export interface DecodeContext {
  requestId: string
  principal: Principal
  config: Pick<Config, 'defaultModel' | 'maxMessages'>
  /** A running tool asks: it names no model, and may have neither an agent nor a session. */
  toolCall?: { model?: string | undefined } | undefined
}

/** A body, and what it says. */
export interface ParsedBody {
  body: Buffer
  json: Record<string, unknown>
}

/** The body of a chat completion as a turn. @throws AppError 400 with `param` */
export function decodeChat(
  { body, json }: ParsedBody,
  { requestId, principal, config, toolCall }: DecodeContext,
): DecodedChat {
  refuseTooMany(json['messages'], config.maxMessages)
  const request = isPlainChatRequest(json) ? json : parseInput(chatRequestSchema, json)
  if (toolCall) refuseAgents(request)
  const named = request.model ?? toolCall?.model
  const asked = named ?? config.defaultModel
  if (!asked) {
    throw new AppError('missing_parameter', {
      message: "Missing required parameter: 'model'. Name one, or set DEFAULT_MODEL on the server.",
      param: 'model',
    })
  }
  const stream = request.stream ?? false
  const { model, agentName } = splitAgentModel(asked)
  if (toolCall && agentName) throw agentsRefused('model')
  const name = request.agent_type ?? agentName
  return {
    stream,
    model: asked,
    includeUsage: stream && request.stream_options?.include_usage === true,
    legacyFunctions: Boolean(request.functions?.length && !request.tools?.length),
    turn: {
      requestId,
      principal,
      model,
      ...(!named && { isDefault: true }),
      ...(name ? { agent: toAgent(name, request.x_agent) } : undefined),
      ...(request.session_id ? { session: toSession(request.session_id) } : undefined),
      ...(request.available_tools ? { availableTools: request.available_tools } : undefined),
      request: toModelRequest(request),
      raw: {
        body,
        stream,
        model: request.model ?? undefined,
        streamOptions: request.stream_options ?? undefined,
        temperature: request.temperature ?? undefined,
        ownFields: ownRequestFields.filter((field) => Object.hasOwn(request, field)),
      },
      attachments: (request.attachments ?? []).map(toAttachment),
      memory: { read: false, write: false },
    },
  }
}

/** A tool that could start agents could start itself, without end. */
function refuseAgents(request: ChatRequest): void {
  const param = (['agent_type', 'session_id', 'available_tools'] as const).find(
    (field) => request[field] !== undefined && request[field] !== null,
  )
  if (param !== undefined) throw agentsRefused(param)
}

function agentsRefused(param: string): AppError {
  const message = 'A tool may ask a model, but no agent and no session.'
  return new AppError('permission_denied', { message, param })
}

function refuseTooMany(messages: unknown, limit: number): void {
  if (!Array.isArray(messages) || messages.length <= limit) return
  throw new AppError('invalid_request', {
    message: `Invalid 'messages': ${messages.length} messages are more than the ${limit} allowed. Send fewer, or raise MAX_MESSAGES on the server.`,
    param: 'messages',
  })
}

function toSession(id: string): NonNullable<Turn['session']> {
  if (id !== newSessionId) return { id, create: true }
  return { id: `session_${randomUUID().replaceAll('-', '')}`, create: true, made: true }
}

function toAttachment(named: string | { file_id: string }): { fileId: string } {
  return { fileId: typeof named === 'string' ? named : named.file_id }
}

function toAgent(
  asked: NonNullable<ChatRequest['agent_type']>,
  options: ChatRequest['x_agent'],
): NonNullable<Turn['agent']> {
  const name = asked === 'plan-execute' ? 'plan_execute' : asked
  return { name, runId: `run_${randomUUID().replaceAll('-', '')}`, options: options ?? {} }
}

/** Null means absent, so each field is there or it is not. Written plainly, for every request passes here. */
function toModelRequest(request: ChatRequest): ModelRequest {
  const { tools, functions, stop } = request
  const result: ModelRequest = {
    messages: request.messages.map(fromLegacyMessage),
    extra: toExtra(request),
  }
  if (tools?.length) result.tools = tools
  else if (functions) result.tools = functions.map(toTool)
  setPresent(result, 'toolChoice', request.tool_choice ?? toToolChoice(request.function_call))
  setPresent(result, 'temperature', request.temperature)
  setPresent(result, 'topP', request.top_p)
  setPresent(result, 'maxTokens', toLimit(request.max_completion_tokens ?? request.max_tokens))
  setPresent(result, 'stop', typeof stop === 'string' ? [stop] : stop)
  setPresent(result, 'seed', request.seed)
  setPresent(result, 'responseFormat', request.response_format)
  return result
}

function setPresent<Key extends keyof ModelRequest>(
  request: ModelRequest,
  key: Key,
  value: ModelRequest[Key] | null,
): void {
  if (value !== null && value !== undefined) request[key] = value
}

const mappedFields = new Set<string>([
  ...ownRequestFields,
  'model',
  'stream',
  'stream_options',
  'messages',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'seed',
  'response_format',
])

function toExtra(request: ChatRequest): Record<string, unknown> {
  const unknown = Object.keys(request).filter((key) => !mappedFields.has(key))
  return Object.fromEntries(unknown.map((key) => [key, request[key]]))
}

function toLimit(tokens: number | null | undefined): number | null | undefined {
  return tokens === -1 ? undefined : tokens
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
  if (message.role === 'function') {
    return { ...message, role: 'tool', tool_call_id: `call_${message.name ?? ''}` }
  }
  if (message['function_call'] === undefined) return message
  const { function_call: call, ...rest } = message
  if (!isFunctionCall(call)) return message
  const id = `call_${call.name}`
  return { ...rest, tool_calls: [{ id, type: 'function', function: call }] }
}

function isFunctionCall(value: unknown): value is { name: string; arguments: string } {
  const { name, arguments: args } = (value ?? {}) as Record<string, unknown>
  return typeof name === 'string' && typeof args === 'string'
}
