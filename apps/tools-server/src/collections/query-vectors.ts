/** Vectors of queries, of which people ask the same again. */
import { createHash } from 'node:crypto'
import type { Embedder } from '../embeddings/types.ts'

export interface QueryVectors {
  /** @throws AppError, or the abort */
  of(embedder: Embedder, query: string, signal: AbortSignal): Promise<Float32Array>
}

const maxKept = 512

export function createQueryVectors(): QueryVectors {
  const kept = new Map<string, Float32Array>()
  return {
    async of(embedder, query, signal) {
      const key = createHash('sha256').update(`${embedder.name}\n${query}`).digest('base64')
      const known = kept.get(key)
      kept.delete(key)
      const vector = known ?? (await embed(embedder, query, signal))
      kept.set(key, vector)
      for (const oldest of kept.keys()) {
        if (kept.size <= maxKept) break
        kept.delete(oldest)
      }
      return vector
    },
  }
}

async function embed(
  embedder: Embedder,
  query: string,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { vectors } = await embedder.embed([query], { signal, urgent: true })
  return vectors[0] ?? new Float32Array()
}
