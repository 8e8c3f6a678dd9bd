import { z } from 'zod'
import { agentNames } from '../agent-events.ts'
import { maxAttachments } from '../attachments.ts'
import { messageSchema, toolCallSchema } from '../messages.ts'
import { sessionIdSchema } from '../sessions.ts'

/** -1 is no limit for LM Studio and llama.cpp. */
const maxTokens = z.union([z.number().int().positive(), z.literal(-1)])

/** A custom tool's call takes one text; where it is not relayed as it came it reads as a function's. */
const customToolCallSchema = z
  .looseObject({
    id: z.string(),
    type: z.literal('custom'),
    custom: z.looseObject({ name: z.string(), input: z.string() }),
  })
  .transform(({ id, custom: { name, input } }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: JSON.stringify({ input }) },
  }))

const requestMessageSchema = messageSchema.extend({
  tool_calls: z.array(z.union([toolCallSchema, customToolCallSchema])).nullish(),
})

const functionDefinitionSchema = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
})

export const toolDefinitionSchema = z.looseObject({
  type: z.string(),
  function: functionDefinitionSchema.optional(),
})
/** A tool that the caller offers to the model. */
export type ToolDefinition = z.infer<typeof toolDefinitionSchema>

const toolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.string(), function: z.looseObject({ name: z.string() }).optional() }),
])
export type ToolChoice = z.infer<typeof toolChoiceSchema>

/** Fields that only we understand. They are never forwarded. */
export const ownRequestFields = [
  'agent_type',
  'available_tools',
  'session_id',
  'x_agent',
  'attachments',
  'profile',
] as const

const fileIdSchema = z.string().min(1).max(128)

/**
 * `POST /v1/chat/completions`. What we use is checked, what we don't know is kept; a `null` means absent.
 * Source of the shape: OpenAI's API reference for chat completions.
 */
export const chatRequestSchema = z.looseObject({
  model: z.string().min(1).nullish(),
  messages: z.array(requestMessageSchema).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_tokens: maxTokens.nullish(),
  max_completion_tokens: maxTokens.nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  // Not `int()`, which refuses what a 64-bit seed may be.
  seed: z.number().nullish(),
  logprobs: z.boolean().nullish(),
  tools: z.array(toolDefinitionSchema).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  functions: z.array(functionDefinitionSchema).nullish(),
  function_call: z.union([z.string(), z.looseObject({ name: z.string() })]).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  user: z.string().nullish(),
  agent_type: z.enum([...agentNames, 'plan-execute']).nullish(),
  available_tools: z.array(z.string()).nullish(),
  session_id: sessionIdSchema.nullish(),
  x_agent: z.looseObject({}).nullish(),
  /** Ids of uploaded files. */
  attachments: z
    .array(z.union([fileIdSchema, z.looseObject({ file_id: fileIdSchema })]))
    .max(maxAttachments)
    .nullish(),
})
export type ChatRequest = z.infer<typeof chatRequestSchema>
