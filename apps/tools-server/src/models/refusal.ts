import { z } from 'zod'
import { AppError, errorTable, type ErrorCode } from '@tandem/schemas'

const errorSchema = z.object({
  error: z.object({
    message: z.string(),
    code: z.string().nullish(),
    param: z.string().nullish(),
  }),
})

/** What the main API refuses, as it says it; its own and its upstreams' failures are `upstream_error`. */
export function toRefusal(status: number, text: string): AppError {
  const { message, code, param } = errorOf(text)
  const isOurs = code !== undefined && Object.hasOwn(errorTable, code)
  if (status >= 500 || status === 401 || !isOurs) return new AppError('upstream_error', { message })
  return new AppError(code as ErrorCode, { message, param })
}

function errorOf(text: string): { message: string; code?: string; param?: string } {
  try {
    const { message, code, param } = errorSchema.parse(JSON.parse(text)).error
    return { message, ...(code && { code }), ...(param && { param }) }
  } catch {
    return { message: 'The model failed.' }
  }
}
