import { textOf, type Message } from '@tandem/schemas'
import type { ModelRequest } from '../types.ts'
import { imagesOf } from './images.ts'
import { countTokens } from './tokens.ts'

/** What OpenAI counts for an image of low detail. */
const tokensPerImage = 85

/** The prompt as one text: every message in turn, then the tools offered. Image bytes stay out of it. */
export function transcriptOf({ messages, tools = [] }: ModelRequest): string {
  const lines = messages.map((message) => `<${message.role}> ${spoken(message)}`)
  return [...lines, ...tools.map((tool) => JSON.stringify(tool))].join('\n')
}

function spoken(message: Message): string {
  const calls = (message.tool_calls ?? []).map(
    (call) => `${call.id} ${call.function.name} ${call.function.arguments}`,
  )
  return [textOf(message.content), message.tool_call_id ?? '', ...calls].filter(Boolean).join('\n')
}

/** In tokens, at most `limit` and what the images cost. */
export function countPrompt(request: ModelRequest, limit: number): number {
  const images = request.messages.flatMap((message) => imagesOf(message.content))
  return countTokens(transcriptOf(request), limit) + images.length * tokensPerImage
}
