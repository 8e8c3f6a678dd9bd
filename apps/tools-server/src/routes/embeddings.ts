/** `POST /embeddings`: the local model's vectors, in OpenAI's shape, for the main API's `/v1/embeddings`. */
import type { RequestHandler } from 'express'
import { addLogFields, contextOf, readJsonObject, sendJson } from '@tandem/http'
import {
  AppError,
  localEmbeddingsRequestSchema,
  parseInput,
  type EmbeddingsResponse,
  type Model,
} from '@tandem/schemas'
import { localModelId } from '../embeddings/local-model.ts'
import type { Deps } from '../deps.ts'

const maxBodyBytes = 16 * 2 ** 20

export function createEmbeddingsRoute({ knowledge }: Pick<Deps, 'knowledge'>): RequestHandler {
  return async (req, res) => {
    const request = parseInput(
      localEmbeddingsRequestSchema,
      await readJsonObject(req, maxBodyBytes),
    )
    const embedder = await knowledge.embeddings.local()
    if (!embedder) throw noModel()
    const { signal } = contextOf(res)
    const { vectors, tokens } = await embedder.embed(request.input, { signal, urgent: true })
    const length = vectors[0]?.length ?? 0
    assertLength(length, request.dimensions ?? length)
    addLogFields(res, { texts: vectors.length, tokens })
    const answer: EmbeddingsResponse = {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: request.encoding_format === 'base64' ? toBase64(vector) : [...vector],
      })),
      model: localModelId,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }
    sendJson(res, answer)
  }
}

/** `GET /embeddings/models`: the local model, where it has weights. */
export function listEmbeddingModels({ knowledge }: Pick<Deps, 'knowledge'>): RequestHandler {
  return (_req, res) => {
    const model: Model = { id: localModelId, object: 'model', created: 0, owned_by: 'tandem' }
    sendJson(res, { object: 'list', data: knowledge.embeddings.hasLocal() ? [model] : [] })
  }
}

function assertLength(actual: number, asked: number): void {
  if (actual === asked) return
  throw new AppError('unsupported_parameter', {
    message: `${localModelId} gives ${actual} dimensions and cannot be shortened to ${asked}. Leave dimensions out.`,
    param: 'dimensions',
  })
}

function noModel(): AppError {
  return new AppError('model_not_found', {
    message: `${localModelId} has no weights here.`,
    param: 'model',
  })
}

/** Little-endian float32. */
function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
}
