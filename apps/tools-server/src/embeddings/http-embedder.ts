/** Any OpenAI-compatible `/v1/embeddings` (Ollama, llama.cpp, OpenAI) as the embedder. */
import { z } from 'zod'
import { AppError } from '@tandem/schemas'
import type { Embedder } from './types.ts'
import { toUnit } from './unit.ts'

export interface HttpEmbedderOptions {
  /** Up to `/v1`. */
  baseUrl: string
  model: string
  apiKey?: string | undefined
  timeoutMs?: number
  fetch?: typeof fetch
}

const answerSchema = z.object({
  data: z.array(z.object({ embedding: z.array(z.number()), index: z.number().int().nullish() })),
  usage: z.object({ prompt_tokens: z.number().nullish() }).nullish(),
})

/** Most texts in one request; small servers refuse more. */
const batchSize = 32

export function createHttpEmbedder(options: HttpEmbedderOptions): Embedder {
  return {
    name: `${new URL(options.baseUrl).host}/${options.model}`,
    async embed(texts, { signal }) {
      const vectors: Float32Array[] = []
      let tokens = 0
      for (let from = 0; from < texts.length; from += batchSize) {
        const batch = texts.slice(from, from + batchSize)
        const answer = await ask(options, batch, signal)
        vectors.push(...toVectors(answer.data, batch.length))
        tokens += answer.usage?.prompt_tokens ?? 0
      }
      return { vectors, tokens }
    },
  }
}

async function ask(
  { baseUrl, model, apiKey, timeoutMs = 60_000, fetch: send = fetch }: HttpEmbedderOptions,
  input: readonly string[],
  signal: AbortSignal,
): Promise<z.infer<typeof answerSchema>> {
  const response = await reach(() =>
    send(`${baseUrl}/embeddings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({ model, input, encoding_format: 'float' }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    }),
  )
  if (!response.ok) {
    const cause = new Error(`${response.status} ${(await response.text()).slice(0, 500)}`)
    const isOurs = response.status === 401 || response.status === 403
    throw new AppError(isOurs ? 'upstream_credentials' : 'upstream_error', { cause })
  }
  try {
    return answerSchema.parse(await response.json())
  } catch (cause) {
    throw new AppError('upstream_invalid_response', { cause })
  }
}

async function reach(send: () => Promise<Response>): Promise<Response> {
  try {
    return await send()
  } catch (cause) {
    const isLate = (cause as { name?: unknown } | null)?.name === 'TimeoutError'
    throw new AppError(isLate ? 'upstream_timeout' : 'upstream_unreachable', { cause })
  }
}

/** In the order of the texts, whatever order the server chose. */
function toVectors(data: z.infer<typeof answerSchema>['data'], count: number): Float32Array[] {
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count })
  for (const [at, { embedding, index }] of data.entries()) {
    vectors[index ?? at] = toUnit(Float32Array.from(embedding))
  }
  const length = vectors[0]?.length ?? 0
  const whole = vectors.filter((vector) => vector !== undefined && vector.length === length)
  if (whole.length === count && length > 0) return whole as Float32Array[]
  throw new AppError('upstream_invalid_response', {
    cause: new Error(`${whole.length} usable embeddings for ${count} texts`),
  })
}
