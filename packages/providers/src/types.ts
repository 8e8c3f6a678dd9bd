import type {
  FinishReason,
  Message,
  Model,
  ToolCall,
  ToolChoice,
  ToolDefinition,
  Usage,
} from '@tandem/schemas'
import type { ByteStream } from './byte-stream.ts'

export interface CallOptions {
  signal: AbortSignal
}

export interface ModelCapabilities {
  /** `prompted`: no native tool calls, but it can be asked in the prompt. */
  tools: 'native' | 'prompted' | 'none'
  images: boolean
  /** It reads `file` parts that hold their file by itself. */
  files?: boolean
  jsonSchema: boolean
  reasoning: boolean
  /** In tokens. */
  contextLength?: number
  /** In tokens. */
  maxOutputTokens?: number
}

/** A chat request in our own words. */
export interface ModelRequest {
  messages: Message[]
  tools?: ToolDefinition[]
  toolChoice?: ToolChoice
  temperature?: number
  topP?: number
  /** In tokens. */
  maxTokens?: number
  stop?: string[]
  seed?: number
  responseFormat?: { type: string; [key: string]: unknown }
  /** Every field that we don't know, forwarded where the dialect allows. */
  extra?: Record<string, unknown>
}

export type ModelEvent =
  | { type: 'start'; id: string; model: string }
  | { type: 'text-delta'; text: string }
  | { type: 'reasoning-delta'; text: string; signature?: string }
  | { type: 'tool-call-start'; index: number; id: string; name: string }
  | { type: 'tool-call-delta'; index: number; text: string }
  | { type: 'tool-call-end'; index: number; call: ToolCall }
  | { type: 'finish'; reason: FinishReason; usage?: Usage }

/** Endpoints of the OpenAI dialect that are relayed as bytes; a path below the provider's base URL. */
export type RelayEndpoint = 'chat/completions' | 'completions' | 'embeddings'

export interface RelayRequest {
  endpoint: RelayEndpoint
  /** The caller's body, byte for byte; a JSON object. */
  body: Buffer
  /** `model` as the body has it; the provider puts its own id there where the two differ. */
  model: string | undefined
  stream: boolean
  /** Top-level fields to set, each as JSON. */
  set: Record<string, string | Buffer>
  /** Top-level fields to take out. */
  remove: readonly string[]
  /** The same as it was read, for logs: to read megabytes once more takes long. */
  asRead?: ModelRequest
  requestId: string
}

/**
 * An upstream's answer with a 2xx status, byte for byte; anything else is thrown as an AppError. A stream comes in whole
 * events as they arrive, and ends by throwing an AppError where the upstream broke off.
 */
export type RelayResponse = { kind: 'whole'; body: Buffer } | { kind: 'stream'; body: ByteStream }

/**
 * A model behind one provider. It never retries, never logs, never knows of users; it throws AppError.
 * Retry, fallback, cache and prompt log are wrappers `model -> model`.
 */
export interface LanguageModel {
  readonly provider: string
  /** As the provider names it. */
  readonly id: string
  readonly capabilities: ModelCapabilities
  stream(request: ModelRequest, options: CallOptions): AsyncGenerator<ModelEvent>
  relay?(request: RelayRequest, options: CallOptions): Promise<RelayResponse>
}

export interface Provider {
  readonly name: string
  /** The provider's models under its own ids; throws AppError where it cannot be asked. */
  listModels(options: CallOptions): Promise<Model[]>
  model(id: string): LanguageModel
  close(): Promise<void>
}
