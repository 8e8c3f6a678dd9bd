import type { Request } from 'express'
import type { z } from 'zod'
import { parseJsonObject, readBody } from '@tandem/http'
import { parseInput } from '@tandem/schemas'

const limitBytes = 64 * 1024

/** The body of a request about accounts, checked. @throws AppError 400 or 413 */
export async function readInput<Schema extends z.ZodType>(
  req: Request,
  schema: Schema,
): Promise<z.infer<Schema>> {
  return parseInput(schema, parseJsonObject(await readBody(req, limitBytes)))
}
