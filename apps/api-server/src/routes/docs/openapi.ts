import { z } from 'zod'
import { createDocument } from 'zod-openapi'
import {
  chatRequestSchema,
  completionsRequestSchema,
  embeddingsRequestSchema,
  modelListSchema,
  modelSchema,
} from '@tandem/schemas'
import { endpoints, type EndpointPath } from '../endpoints.ts'

const errorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'Error' })

const anyObject = z.looseObject({})

interface Operation {
  request?: { schema: z.ZodType; example: unknown }
  response: z.ZodType
  streams?: true
  open?: true
}

const demoMessages = [{ role: 'user', content: 'What is 15 * 23?' }]

/** What an endpoint takes and gives; its method, path and description are in `endpoints`. */
const operations: Record<EndpointPath, Operation> = {
  '/v1/chat/completions': {
    request: {
      schema: chatRequestSchema.meta({ id: 'ChatCompletionRequest' }),
      example: { model: 'demo/assistant', messages: demoMessages, stream: false },
    },
    response: anyObject,
    streams: true,
  },
  '/v1/models': { response: modelListSchema },
  '/v1/models/{id}': { response: modelSchema.meta({ id: 'Model' }) },
  '/v1/embeddings': {
    request: {
      schema: embeddingsRequestSchema.meta({ id: 'EmbeddingsRequest' }),
      example: { model: 'ollama/nomic-embed-text', input: 'Hello' },
    },
    response: anyObject,
  },
  '/v1/completions': {
    request: {
      schema: completionsRequestSchema.meta({ id: 'CompletionRequest' }),
      example: { model: 'llamacpp/default', prompt: 'Once upon a time' },
    },
    response: anyObject,
    streams: true,
  },
  '/': { response: anyObject, open: true },
  '/health': { response: anyObject, open: true },
  '/healthz': { response: anyObject, open: true },
  '/readyz': { response: anyObject, open: true },
  '/version': { response: anyObject, open: true },
  '/openapi.json': { response: anyObject, open: true },
  '/docs': { response: z.string(), open: true },
}

/** The OpenAPI 3.1 document, made from the schemas that the doors themselves check with. */
export function createOpenApiDocument(version: string, serverUrl: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const { method, path, description } of endpoints) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(path, description) }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tandem',
      version,
      description:
        'A self-hosted, OpenAI-compatible LLM gateway. Authorize with your API key, then try any endpoint.',
    },
    servers: [{ url: serverUrl }],
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    paths,
  })
}

function toOperation(path: EndpointPath, description: string): object {
  const { request, response, streams, open } = operations[path]
  const type = path === '/docs' ? 'text/html' : 'application/json'
  return {
    summary: description,
    tags: [path.startsWith('/v1') ? 'OpenAI' : 'Server'],
    ...(open ? undefined : { security: [{ apiKey: [] }] }),
    ...(path.includes('{id}')
      ? { requestParams: { path: z.object({ id: z.string() }) } }
      : undefined),
    ...(request
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: request.schema, example: request.example } },
          },
        }
      : undefined),
    responses: {
      200: {
        description: 'OK',
        content: {
          [type]: { schema: response },
          ...(streams ? { 'text/event-stream': { schema: z.string() } } : undefined),
        },
      },
      ...(open
        ? undefined
        : {
            default: {
              description: 'An error',
              content: { 'application/json': { schema: errorSchema } },
            },
          }),
    },
  }
}
