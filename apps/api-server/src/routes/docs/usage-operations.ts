/** Usage in the OpenAPI document. */
import { usageQuerySchema, usageReportSchema } from '@tandem/schemas'
import type { Operation } from './operation.ts'

const report = usageReportSchema.meta({ id: 'Usage' })

export const usageOperations = {
  'GET /api/usage': { query: usageQuerySchema.omit({ user_id: true }), response: report },
  'GET /api/admin/usage': { query: usageQuerySchema, response: report },
} as const satisfies Record<string, Operation>
