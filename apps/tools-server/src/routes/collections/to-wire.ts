/** Collections and documents as the main API reads them. */
import type { StoredBatch, StoredCollection, StoredDocument } from '@tandem/db'
import type { Collection, Document, DocumentBatch, SearchAnswer } from '@tandem/schemas'
import type { SearchAnswer as Found } from '../../collections/search.ts'

export function toCollection(collection: StoredCollection): Collection {
  const { id, name, description, metadata, bytes, documents } = collection
  return {
    id,
    name,
    description,
    metadata,
    expires_after_days: collection.expiresAfterDays,
    last_active_at: toSeconds(collection.lastActiveAt),
    created_at: toSeconds(collection.createdAt),
    bytes,
    documents,
  }
}

export function toDocument(document: StoredDocument, collectionId: string): Document {
  const { id, fileId, title, attributes, status, bytes, chunks, progress } = document
  const { error, errorCode } = document
  return {
    id,
    file_id: fileId,
    collection_id: collectionId,
    title,
    attributes,
    status,
    error: error === null ? null : { code: errorCode ?? 'server_error', message: error },
    bytes,
    chunks,
    progress,
    chunk_size: document.chunkSize,
    chunk_overlap: document.chunkOverlap,
    created_at: toSeconds(document.createdAt),
    updated_at: toSeconds(document.updatedAt),
  }
}

export function toBatch(batch: StoredBatch, collectionId: string): DocumentBatch {
  const { id, cancelled, createdAt, documents } = batch
  return {
    id,
    collection_id: collectionId,
    cancelled,
    created_at: toSeconds(createdAt),
    documents,
  }
}

export function toSearchAnswer({ hits, mode, reranked, notice }: Found): SearchAnswer {
  return {
    data: hits.map(
      ({ collectionId, documentId, fileId, ordinal: _ordinal, rank: _rank, ...hit }) => ({
        ...hit,
        collection_id: collectionId,
        document_id: documentId,
        file_id: fileId,
      }),
    ),
    mode,
    reranked,
    ...(notice !== undefined && { notice }),
  }
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1000)
}
