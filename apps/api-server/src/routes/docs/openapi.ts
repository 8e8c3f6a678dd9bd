import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { createDocument } from 'zod-openapi'
import { endpoints, type EndpointKey } from '../endpoints.ts'
import type { Operation } from './operation.ts'
import { operations } from './operations.ts'

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

/** Endpoints whose schemas are written at once: all of them would hold up other requests. */
const pieceSize = 8

/** The OpenAPI 3.1 document, made from the schemas that the doors themselves check with. */
export async function createOpenApiDocument(version: string, serverUrl: string): Promise<object> {
  const paths: Record<string, object> = {}
  const schemas: Record<string, object> = {}
  for (let from = 0; from < endpoints.length; from += pieceSize) {
    const piece = describe(endpoints.slice(from, from + pieceSize))
    for (const [path, item] of Object.entries(piece.paths ?? {}))
      paths[path] = { ...paths[path], ...item }
    Object.assign(schemas, piece.components?.schemas)
    await nextTurn()
  }
  return {
    openapi: openapiVersion,
    info: {
      title: 'Tandem',
      version,
      description:
        'A self-hosted, OpenAI-compatible LLM gateway. Authorize with your API key, then try any endpoint.',
    },
    servers: [{ url: serverUrl }],
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } }, schemas },
    paths,
  }
}

const openapiVersion = '3.1.0'

function describe(some: readonly (typeof endpoints)[number][]): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, object>> = {}
  for (const endpoint of some) {
    const { method, path } = endpoint
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(endpoint) }
  }
  return createDocument({ openapi: openapiVersion, info: { title: '', version: '' }, paths })
}

function toOperation({ method, path, description }: (typeof endpoints)[number]): object {
  const key = `${method} ${path}` as EndpointKey
  const { request, query, response, status = 200, streams, open } = operations[key]
  const type = path === '/docs' ? 'text/html' : 'application/json'
  return {
    summary: description,
    tags: [toTag(path)],
    ...(open ? undefined : { security: [{ apiKey: [] }] }),
    requestParams: {
      ...pathParameters(path),
      ...(query ? { query } : undefined),
    },
    ...(request ? { requestBody: toBody(request) } : undefined),
    responses: {
      [status]: {
        description: 'OK',
        content: {
          [type]: { schema: response },
          ...(streams ? { 'text/event-stream': { schema: z.string() } } : undefined),
        },
      },
      ...(open && !request ? undefined : { default: errorResponse }),
    },
  }
}

function pathParameters(path: string): { path?: z.ZodObject } {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, z.string()] as const)
  return names.length > 0 ? { path: z.object(Object.fromEntries(names)) } : {}
}

function toTag(path: string): string {
  if (/^\/(tools|call_tool|api\/tools|api\/v1\/functions)/.test(path)) return 'Tools'
  if (/^\/(v1\/vector_stores|api\/rag)/.test(path)) return 'Documents'
  if (path.startsWith('/v1')) return 'OpenAI'
  if (path.startsWith('/api/chat')) return 'Sessions'
  if (path.startsWith('/api/agent')) return 'Agents'
  return path.startsWith('/api') ? 'Accounts' : 'Server'
}

function toBody({ schema, example, type }: NonNullable<Operation['request']>): object {
  return { required: true, content: { [type ?? 'application/json']: { schema, example } } }
}

const errorResponse = {
  description: 'An error',
  content: { 'application/json': { schema: errorSchema } },
}
