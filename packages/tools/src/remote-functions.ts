import {
  customFunctionListSchema,
  customFunctionSchema,
  type CustomFunction,
  type ServiceClaims,
} from '@tandem/schemas'
import type { Connection } from './connection.ts'
import { callJson, removedSchema, toSegment } from './remote-http.ts'

interface Abortable {
  signal: AbortSignal
}

/** The custom functions of one user. All throw AppError: `function_not_found`, `tools_unavailable`, … */
export interface FunctionsClient {
  /** The definition is checked by the tools server. */
  register(
    claims: ServiceClaims,
    definition: Record<string, unknown>,
    options: Abortable,
  ): Promise<CustomFunction>
  list(claims: ServiceClaims, options: Abortable): Promise<CustomFunction[]>
  remove(claims: ServiceClaims, name: string, options: Abortable): Promise<void>
}

export function createFunctionsClient(connection: Connection): FunctionsClient {
  return {
    register: (claims, definition, { signal }) => {
      const body = JSON.stringify(definition)
      const call = { method: 'POST', path: '/functions', claims, body } as const
      return callJson(connection, { ...call, schema: customFunctionSchema }, signal)
    },
    async list(claims, { signal }) {
      const call = { method: 'GET', path: '/functions', claims } as const
      const schema = customFunctionListSchema
      return (await callJson(connection, { ...call, schema }, signal)).functions
    },
    async remove(claims, name, { signal }) {
      const path = `/functions/${toSegment(name)}`
      const call = { method: 'DELETE', path, claims } as const
      await callJson(connection, { ...call, schema: removedSchema }, signal)
    },
  }
}
