import type { ErrorRequestHandler } from 'express'
import { AppError, type ErrorCode } from '@tandem/schemas'

/** What a collection's errors are called at this door; its parts are files. */
const names: Partial<Record<ErrorCode, { code: ErrorCode; what: string }>> = {
  collection_not_found: { code: 'vector_store_not_found', what: 'There is no vector store' },
  document_not_found: { code: 'vector_store_file_not_found', what: 'The vector store has no file' },
  batch_not_found: { code: 'batch_not_found', what: 'The vector store has no file batch' },
}

/** Says errors of collections in the words of vector stores. */
export function inVectorStoreWords(): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  // oxlint-disable-next-line max-params
  return (thrown: unknown, _req, _res, next) => {
    const name = thrown instanceof AppError ? names[thrown.code] : undefined
    if (!(thrown instanceof AppError) || !name) {
      next(thrown)
      return
    }
    // Messages of the tools server end with the id in quotes, and then with a remedy of its own.
    const id = /'[^']*'/.exec(thrown.message)?.[0]
    const message = id === undefined ? undefined : `${name.what} ${id}.`
    next(new AppError(name.code, { message, param: thrown.param, cause: thrown.cause }))
  }
}
