/** Sessions in the OpenAPI document. */
import {
  deletedSchema,
  sessionExportSchema,
  sessionHistoryQuerySchema,
  sessionHistorySchema,
  sessionListQuerySchema,
  sessionListSchema,
  sessionPatchSchema,
  sessionSchema,
} from '@tandem/schemas'
import type { EndpointKey } from '../endpoints.ts'
import type { Operation } from './operation.ts'

export const sessionOperations = {
  'GET /api/chat/sessions': { query: sessionListQuerySchema, response: sessionListSchema },
  'PATCH /api/chat/sessions/{id}': {
    request: { schema: sessionPatchSchema, example: { title: 'Plans for the garden' } },
    response: sessionSchema.meta({ id: 'Session' }),
  },
  'DELETE /api/chat/sessions/{id}': { response: deletedSchema },
  'GET /api/chat/sessions/{id}/export': { response: sessionExportSchema },
  'GET /api/chat/history/{id}': {
    query: sessionHistoryQuerySchema,
    response: sessionHistorySchema,
  },
} as const satisfies Partial<Record<EndpointKey, Operation>>
