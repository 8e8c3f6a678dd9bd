import { AppError } from '@tandem/schemas'
import type { LanguageModel, ModelRequest } from '../types.ts'
import { digest } from './hash.ts'
import { decide } from './decide.ts'
import { countPrompt, transcriptOf } from './prompt.ts'
import { speak } from './speak.ts'

export const capabilities = {
  tools: 'native',
  images: true,
  jsonSchema: true,
  reasoning: false,
  contextLength: 8192,
  maxOutputTokens: 4096,
} as const satisfies LanguageModel['capabilities']

export interface DemoModelOptions {
  provider: string
  id: string
  delayMs: number
}

export function createDemoModel({ provider, id, delayMs }: DemoModelOptions): LanguageModel {
  return {
    provider,
    id,
    capabilities,
    async *stream(request, { signal }) {
      signal.throwIfAborted()
      const promptTokens = measure(request)
      const fingerprint = digest(transcriptOf(request))
      const reply = decide(request)
      const room = capabilities.contextLength - promptTokens
      const maxTokens = Math.min(
        request.maxTokens ?? capabilities.maxOutputTokens,
        capabilities.maxOutputTokens,
        room,
      )
      yield { type: 'start', id: `chatcmpl-${fingerprint.slice(0, 29)}`, model: id }
      yield* speak(
        reply,
        { promptTokens, maxTokens, stop: request.stop ?? [], fingerprint },
        { delayMs, signal },
      )
    },
  }
}

/** Leaves room for at least one token of an answer. */
function measure(request: ModelRequest): number {
  const limit = capabilities.contextLength
  const tokens = countPrompt(request, limit)
  if (tokens < limit) return tokens
  throw new AppError('context_length_exceeded', {
    message: `This model's context length is ${limit} tokens, and the messages are longer than that.`,
    param: 'messages',
  })
}
