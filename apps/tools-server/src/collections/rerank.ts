/** A reranker: a model that reads the query and a text together. Jina's, Cohere's, llama.cpp's and vLLM's `/v1/rerank`. */
import { z } from 'zod'
import { AppError } from '@tandem/schemas'

export interface Reranker {
  /** The relevance of each text, in their order. @throws AppError */
  rate(query: string, texts: readonly string[], signal: AbortSignal): Promise<number[]>
}

export interface RerankerOptions {
  /** The whole address: `http://127.0.0.1:8080/v1/rerank`. */
  url: string
  model?: string | undefined
  apiKey?: string | undefined
  timeoutMs?: number
  fetch?: typeof fetch
}

const answerSchema = z.object({
  results: z.array(
    z.object({ index: z.number().int().nonnegative(), relevance_score: z.number() }),
  ),
})

export function createReranker(options: RerankerOptions): Reranker {
  const { url, model, apiKey, timeoutMs = 10_000, fetch: send = fetch } = options
  return {
    async rate(query, texts, signal) {
      try {
        const response = await send(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(apiKey && { authorization: `Bearer ${apiKey}` }),
          },
          body: JSON.stringify({
            ...(model && { model }),
            query,
            documents: texts,
            top_n: texts.length,
          }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        })
        if (!response.ok) throw new Error(`HTTP ${response.status}`)
        return toRatings(answerSchema.parse(await response.json()), texts.length)
      } catch (cause) {
        signal.throwIfAborted()
        throw new AppError('upstream_error', { message: 'The reranker did not answer.', cause })
      }
    },
  }
}

/** What it left out is the least relevant. */
function toRatings({ results }: z.infer<typeof answerSchema>, count: number): number[] {
  const ratings = Array.from({ length: count }, () => -Infinity)
  for (const { index, relevance_score } of results)
    if (index < count) ratings[index] = relevance_score
  const lowest = Math.min(...ratings.filter(Number.isFinite))
  return ratings.map((rating) => (Number.isFinite(rating) ? rating : lowest - 1))
}
