import { z } from 'zod'

/** One endpoint in the OpenAPI document. */
export interface Operation {
  request?: { schema: z.ZodType; example: unknown; type?: 'multipart/form-data' }
  /** Parameters after the question mark. */
  query?: z.ZodObject
  response: z.ZodType
  /** Where it is not 200. */
  status?: 201 | 202 | 204
  streams?: true
  /** Asks for no key. */
  open?: true
}

export const anyObject = z.looseObject({})
