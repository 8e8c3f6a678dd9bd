import { AppError } from '@tandem/schemas'

/** A provider refused what the operator set: trying again cannot help. */
export function refusedBy(provider: string, why: string, cause?: unknown): AppError {
  return new AppError('search_credentials', {
    message: `The search provider ${provider} refused the request: ${why}`,
    cause,
    spent: true,
  })
}

export function failedAt(
  provider: string,
  why: string,
  options: { cause?: unknown; status?: number; spent?: boolean } = {},
): AppError {
  return new AppError('search_failed', {
    message: `The search provider ${provider} failed: ${why}`,
    ...options,
  })
}
