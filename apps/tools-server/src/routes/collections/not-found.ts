import { AppError } from '@tandem/schemas'

/** What is somebody else's is not there either. */
export function noSuchCollection(id: string): AppError {
  return notFound('collection_not_found', `There is no collection '${id.slice(0, 64)}'.`)
}

export function noSuchDocument(id: string): AppError {
  return notFound('document_not_found', `The collection has no document '${id.slice(0, 64)}'.`)
}

export function noSuchBatch(id: string): AppError {
  return notFound('batch_not_found', `The collection has no batch '${id.slice(0, 64)}'.`)
}

function notFound(
  code: 'collection_not_found' | 'document_not_found' | 'batch_not_found',
  message: string,
): AppError {
  return new AppError(code, { message, param: 'id' })
}
