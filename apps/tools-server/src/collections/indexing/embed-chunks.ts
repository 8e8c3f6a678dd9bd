/** Vectors for chunks, in the background: tried again where that helps, and left alone for a while where it does not. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@tandem/schemas'
import type { NewVector } from '@tandem/db'
import type { Embeddings } from '../../embeddings/embeddings.ts'
import type { Embedder } from '../../embeddings/types.ts'
import { toBytes } from '../../embeddings/unit.ts'
import type { ChunkToEmbed } from '../threads/index-calls.ts'

export interface Embedding {
  /** Undefined while there is none, or it rests. */
  usable(): Embedder | undefined
  /** Undefined where the embedder fails: then documents are published without, and their vectors made later. */
  embed(embedder: Embedder, chunks: readonly ChunkToEmbed[]): Promise<NewVector[] | undefined>
}

export interface EmbeddingOptions {
  embeddings: Embeddings
  onError: (error: unknown) => void
  /** It rests for so long. */
  onRest: (ms: number) => void
  retryMs: number
  signal: AbortSignal
}

const maxTries = 4
const restMs = 60_000

export function createEmbedding(options: EmbeddingOptions): Embedding {
  const { embeddings, onError, onRest, retryMs, signal } = options
  let restUntil = 0
  return {
    usable: () => (Date.now() < restUntil ? undefined : embeddings.ready()),
    async embed(embedder, chunks) {
      const texts = chunks.map(({ text }) => text)
      for (let tried = 1; tried <= maxTries; tried += 1) {
        try {
          const { vectors } = await embedder.embed(texts, { signal })
          return chunks.map(({ rowId }, at) => ({ rowId, vector: bytesOf(vectors[at]) }))
        } catch (error) {
          signal.throwIfAborted()
          onError(error)
          if (tried < maxTries) await sleep(retryMs * 2 ** (tried - 1), undefined, { signal })
        }
      }
      restUntil = Date.now() + restMs
      onRest(restMs + 100)
      return undefined
    },
  }
}

function bytesOf(vector: Float32Array | undefined): Uint8Array {
  if (!vector) throw new AppError('upstream_invalid_response')
  return toBytes(vector)
}
