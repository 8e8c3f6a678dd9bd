/** Runs of agents in the OpenAPI document. */
import {
  approvalRequestSchema,
  runEventsQuerySchema,
  runListQuerySchema,
  runListSchema,
  runSchema,
} from '@tandem/schemas'
import { z } from 'zod'
import type { EndpointKey } from '../endpoints.ts'
import { anyObject, type Operation } from './operation.ts'

const run = runSchema.meta({ id: 'Run' })

export const runOperations = {
  'GET /api/agent/runs': { query: runListQuerySchema, response: runListSchema },
  'GET /api/agent/runs/{id}': { response: run },
  'GET /api/agent/runs/{id}/events': { query: runEventsQuerySchema, response: z.string() },
  'POST /api/agent/runs/{id}/cancel': { response: run },
  'POST /api/agent/runs/{id}/approvals': {
    request: {
      schema: approvalRequestSchema.meta({ id: 'ApprovalRequest' }),
      example: { approve: true, stream: false },
    },
    response: anyObject,
    streams: true,
  },
} as const satisfies Partial<Record<EndpointKey, Operation>>
