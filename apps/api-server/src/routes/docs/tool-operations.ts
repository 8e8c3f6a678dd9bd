/** Files, tools and functions in the OpenAPI document. */
import { z } from 'zod'
import {
  customFunctionSchema,
  fileListSchema,
  fileObjectSchema,
  fileQuerySchema,
  fileRemovedSchema,
  registerFunctionSchema,
} from '@tandem/schemas'
import type { EndpointKey } from '../endpoints.ts'
import { executeFunctionSchema } from '../tools/functions.ts'
import { callToolSchema } from '../tools/tools.ts'
import { anyObject, type Operation } from './operation.ts'

const form = z.object({ file: z.string().meta({ format: 'binary' }), purpose: z.string() })
const weatherCheck = {
  name: 'weather_check',
  description: 'Get weather for a location',
  parameters: [{ name: 'location', type: 'string', description: 'Location', required: true }],
  code: "def weather_function(location): return f'Weather in {location}: Sunny'",
}

export const toolOperations = {
  'POST /v1/files': {
    request: { schema: form, example: { purpose: 'user_data' }, type: 'multipart/form-data' },
    response: fileObjectSchema.meta({ id: 'File' }),
  },
  'GET /v1/files': { query: fileQuerySchema, response: fileListSchema },
  'GET /v1/files/{id}': { response: fileObjectSchema },
  'GET /v1/files/{id}/content': { response: z.string() },
  'POST /v1/files/{id}/link': { response: z.object({ url: z.string(), expires_at: z.number() }) },
  'DELETE /v1/files/{id}': { response: fileRemovedSchema },
  'GET /files/{id}/{name}': {
    query: z.object({ owner: z.string(), expires: z.string(), signature: z.string() }),
    response: z.string(),
    open: true,
  },
  'GET /tools': { response: anyObject },
  'POST /call_tool': {
    request: {
      schema: callToolSchema,
      example: { name: 'calculator', kwargs: { expression: '15 * 23' } },
    },
    response: anyObject,
    streams: true,
  },
  'GET /api/tools': { response: anyObject },
  'POST /api/tools/{name}': {
    request: { schema: anyObject, example: { expression: '15 * 23' } },
    query: z.object({ session_id: z.string().optional() }),
    response: anyObject,
    streams: true,
  },
  'GET /api/v1/functions': { response: anyObject },
  'POST /api/v1/functions/register': {
    request: { schema: registerFunctionSchema, example: weatherCheck },
    response: customFunctionSchema.meta({ id: 'CustomFunction' }),
    status: 201,
  },
  'POST /api/v1/functions/{name}/execute': {
    request: { schema: executeFunctionSchema, example: { arguments: { location: 'Oslo' } } },
    response: anyObject,
    streams: true,
  },
  'DELETE /api/v1/functions/{name}': { response: anyObject },
} as const satisfies Partial<Record<EndpointKey, Operation>>
