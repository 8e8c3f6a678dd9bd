import type { Message } from '@tandem/schemas'
import type { ModelRequest } from '../types.ts'
import { toJson } from './to-json.ts'

/** Our words to the dialect's. Absent fields stay absent: upstreams have their own defaults. */
export function toRequestBody(request: ModelRequest, model: string): Promise<Buffer> {
  const body = {
    ...request.extra,
    model,
    messages: request.messages.map(toWireMessage),
    tools: request.tools?.length ? request.tools : undefined,
    tool_choice: request.tools?.length ? request.toolChoice : undefined,
    temperature: request.temperature,
    top_p: request.topP,
    max_tokens: request.maxTokens,
    stop: request.stop,
    seed: request.seed,
    response_format: request.responseFormat,
    stream: true,
    stream_options: { include_usage: true },
  }
  return toJson(body)
}

/** DeepSeek wants the reasoning of tool-calling turns back as `reasoning_content`; others ignore it. */
export function toWireMessage({ reasoning, ...message }: Message): Record<string, unknown> {
  const sendBack =
    message.role === 'assistant' && message.tool_calls?.length && typeof reasoning === 'string'
  return sendBack ? { ...message, reasoning_content: reasoning } : message
}
