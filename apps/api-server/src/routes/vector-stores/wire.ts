/** Collections as OpenAI's vector stores. */
import type {
  ChunkingStrategy,
  Collection,
  Document,
  DocumentBatch,
  FileBatch,
  NewFileDocumentRequest,
  VectorStore,
  VectorStoreFile,
  VectorStoreFileRequest,
} from '@tandem/schemas'

const daySeconds = 86_400

export function toVectorStore(collection: Collection): VectorStore {
  const { id, name, description, bytes, documents, metadata } = collection
  const { created_at, last_active_at, expires_after_days: days } = collection
  return {
    id,
    object: 'vector_store',
    created_at,
    name,
    description: description === '' ? null : description,
    usage_bytes: bytes,
    file_counts: toCounts(documents),
    status: documents.in_progress > 0 ? 'in_progress' : 'completed',
    expires_after: days === null ? null : { anchor: 'last_active_at', days },
    expires_at: days === null ? null : last_active_at + days * daySeconds,
    last_active_at,
    metadata,
  }
}

export function toVectorStoreFile(document: Document): VectorStoreFile {
  const { chunk_size, chunk_overlap, error, status, progress, title, attributes } = document
  return {
    id: document.file_id ?? document.id,
    object: 'vector_store.file',
    created_at: document.created_at,
    vector_store_id: document.collection_id,
    usage_bytes: document.bytes,
    status,
    last_error: error,
    attributes,
    chunking_strategy: {
      type: 'static',
      static: { max_chunk_size_tokens: chunk_size, chunk_overlap_tokens: chunk_overlap },
    },
    filename: title,
    progress,
  }
}

export function toFileBatch(batch: DocumentBatch): FileBatch {
  return {
    id: batch.id,
    object: 'vector_store.files_batch',
    created_at: batch.created_at,
    vector_store_id: batch.collection_id,
    status: statusOf(batch),
    file_counts: toCounts(batch.documents),
  }
}

/** It has failed where nothing of it went well. */
function statusOf({ cancelled, documents }: DocumentBatch): FileBatch['status'] {
  if (cancelled) return 'cancelled'
  if (documents.in_progress > 0) return 'in_progress'
  return documents.failed > 0 && documents.completed === 0 ? 'failed' : 'completed'
}

function toCounts(documents: Collection['documents']): VectorStore['file_counts'] {
  const { in_progress, completed, failed, cancelled } = documents
  const total = in_progress + completed + failed + cancelled
  return { in_progress, completed, failed, cancelled, total }
}

export function toNewDocument(file: VectorStoreFileRequest): NewFileDocumentRequest {
  const { file_id, attributes, chunking_strategy } = file
  return {
    file_id,
    ...(attributes && { attributes }),
    ...(chunking_strategy && toChunkSizes(chunking_strategy)),
  }
}

function toChunkSizes(
  strategy: ChunkingStrategy,
): Pick<NewFileDocumentRequest, 'chunk_size' | 'chunk_overlap'> {
  if (strategy.type === 'auto') return {}
  const { max_chunk_size_tokens, chunk_overlap_tokens } = strategy.static
  return { chunk_size: max_chunk_size_tokens, chunk_overlap: chunk_overlap_tokens }
}

/** OpenAI's list of a page. */
export function toList(data: { id: string }[], hasMore: boolean): object {
  return {
    object: 'list',
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  }
}
