import {
  embeddingsResponseSchema,
  modelListSchema,
  type EmbeddingsResponse,
  type LocalEmbeddingsRequest,
  type Model,
  type ServiceClaims,
} from '@tandem/schemas'
import type { Connection } from './connection.ts'
import { callJson } from './remote-http.ts'

interface Abortable {
  signal: AbortSignal
}

/** The embedding model that runs on the tools server. */
export interface EmbeddingsClient {
  /** @throws AppError `model_not_found` where it has no weights, `tools_unavailable`, … */
  create(
    claims: ServiceClaims,
    request: LocalEmbeddingsRequest,
    options: Abortable,
  ): Promise<EmbeddingsResponse>
  /** One, or none where it has no weights. @throws AppError `tools_unavailable` */
  models(claims: ServiceClaims, options: Abortable): Promise<Model[]>
}

export function createEmbeddingsClient(connection: Connection): EmbeddingsClient {
  return {
    create: (claims, request, { signal }) => {
      const body = JSON.stringify(request)
      const call = { method: 'POST', path: '/embeddings', claims, body } as const
      return callJson(connection, { ...call, schema: embeddingsResponseSchema }, signal)
    },
    async models(claims, { signal }) {
      const call = { method: 'GET', path: '/embeddings/models', claims } as const
      return (await callJson(connection, { ...call, schema: modelListSchema }, signal)).data
    },
  }
}
