import { z } from 'zod'

/**
 * The OpenAI message shape, checked where we use it and kept whole elsewhere (clients send new fields before we know
 * them). `content` is a string or parts for every role, and may be null or missing beside tool calls.
 */
const contentPartSchema = z.looseObject({ type: z.string(), text: z.string().nullish() })
export type ContentPart = z.infer<typeof contentPartSchema>

export const contentSchema = z.union([z.string(), z.array(contentPartSchema)])
export type Content = z.infer<typeof contentSchema>

export const toolCallSchema = z.looseObject({
  id: z.string(),
  type: z.literal('function').default('function'),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
})
/** A call of a tool; `function.arguments` is a JSON string, as on OpenAI's wire. */
export type ToolCall = z.infer<typeof toolCallSchema>

export const messageSchema = z.looseObject({
  role: z.enum(['developer', 'system', 'user', 'assistant', 'tool', 'function']),
  content: contentSchema.nullish(),
  name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
  tool_calls: z.array(toolCallSchema).nullish(),
  /** What a model thought before it answered; kept on assistant messages, each provider decides what to send. */
  reasoning: z.unknown().optional(),
})
export type Message = z.infer<typeof messageSchema>

/** The text of a message's content: the string, or its text parts joined by new lines. */
export function textOf(content: Content | null | undefined): string {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  return content.flatMap((part) => (typeof part.text === 'string' ? [part.text] : [])).join('\n')
}

export const usageSchema = z.looseObject({
  prompt_tokens: z.number().int().nonnegative(),
  /** Embeddings complete nothing, and their usage does not name it. */
  completion_tokens: z.number().int().nonnegative().default(0),
  total_tokens: z.number().int().nonnegative(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish(),
  /** Ours: nobody counted all of it, so some of it is a guess. */
  estimated: z.boolean().optional().catch(undefined),
})
/** Token counts in OpenAI's words. */
export type Usage = z.infer<typeof usageSchema>
