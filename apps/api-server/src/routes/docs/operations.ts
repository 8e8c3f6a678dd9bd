/** What each endpoint takes and gives, for the OpenAPI document; its description is in `endpoints`. */
import { z } from 'zod'
import {
  chatRequestSchema,
  completionsRequestSchema,
  embeddingsRequestSchema,
  modelListSchema,
  modelSchema,
} from '@tandem/schemas'
import type { EndpointKey } from '../endpoints.ts'
import { accountOperations } from './account-operations.ts'
import { documentOperations } from './document-operations.ts'
import { anyObject, type Operation } from './operation.ts'
import { runOperations } from './run-operations.ts'
import { toolOperations } from './tool-operations.ts'
import { usageOperations } from './usage-operations.ts'
import { slidesOperations } from './slides-operations.ts'
import { sessionOperations } from './session-operations.ts'

const demoMessages = [{ role: 'user', content: 'What is 15 * 23?' }]

export const operations: Record<EndpointKey, Operation> = {
  'POST /v1/chat/completions': {
    request: {
      schema: chatRequestSchema.meta({ id: 'ChatCompletionRequest' }),
      example: { model: 'demo/assistant', messages: demoMessages, stream: false },
    },
    response: anyObject,
    streams: true,
  },
  'GET /v1/models': { response: modelListSchema },
  'GET /v1/models/{id}': { response: modelSchema.meta({ id: 'Model' }) },
  'POST /v1/embeddings': {
    request: {
      schema: embeddingsRequestSchema.meta({ id: 'EmbeddingsRequest' }),
      example: { model: 'ollama/nomic-embed-text', input: 'Hello' },
    },
    response: anyObject,
  },
  'POST /v1/completions': {
    request: {
      schema: completionsRequestSchema.meta({ id: 'CompletionRequest' }),
      example: { model: 'llamacpp/default', prompt: 'Once upon a time' },
    },
    response: anyObject,
    streams: true,
  },
  ...toolOperations,
  ...slidesOperations,
  ...documentOperations,
  ...sessionOperations,
  ...runOperations,
  ...accountOperations,
  ...usageOperations,
  'GET /': { response: anyObject, open: true },
  'GET /health': { response: anyObject, open: true },
  'GET /healthz': { response: anyObject, open: true },
  'GET /readyz': { response: anyObject, open: true },
  'GET /version': { response: anyObject, open: true },
  'GET /openapi.json': { response: anyObject, open: true },
  'GET /docs': { response: z.string(), open: true },
}
