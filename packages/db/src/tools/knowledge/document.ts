/** A document as it is stored, and as it comes. */
import type { DocumentBlock } from '@tandem/schemas'

export type DocumentStatus = 'in_progress' | 'completed' | 'failed' | 'cancelled'

/** Whose fault it is that a document failed. */
export type DocumentErrorCode = 'server_error' | 'unsupported_file' | 'invalid_file'

export type DocumentAttributes = Record<string, string | number | boolean>

export interface StoredDocument {
  /** `doc_…` */
  id: string
  fileId: string | null
  title: string
  attributes: DocumentAttributes
  status: DocumentStatus
  error: string | null
  errorCode: DocumentErrorCode | null
  /** Of its text; of the file until that was parsed. */
  bytes: number
  /** What a search can find of it now. */
  chunks: number
  /** How far indexing is, 0 to 1. */
  progress: number
  chunkSize: number
  chunkOverlap: number
  createdAt: number
  updatedAt: number
}

interface DocumentHead {
  title: string
  attributes?: DocumentAttributes | undefined
  /** In tokens. */
  chunkSize: number
  chunkOverlap: number
}

/** A text. The same file again takes the place of what was made of it before. */
export interface NewTextDocument extends DocumentHead {
  blocks: DocumentBlock[]
  fileId?: string | undefined
}

/** A file that is still to be parsed. */
export interface NewFileDocument extends DocumentHead {
  fileId: string
  checksum: string
  bytes: number
  /** The file came for this document alone: the same bytes under the same title, once more, are the document that is there. */
  isUpload?: boolean | undefined
}

export type NewDocument = NewTextDocument | NewFileDocument

/** What the collections of one owner may hold together. */
export interface DocumentQuota {
  /** Of text, and of files that are not parsed yet. */
  bytes: number
  documents: number
}

/** Documents that come together. */
export interface NewDocuments {
  documents: readonly NewDocument[]
  /** Keeps them together, to be asked for later. */
  asBatch?: boolean
  quota: DocumentQuota
}

export interface AddedDocuments {
  /** In the order given. */
  documents: StoredDocument[]
  /** `vsfb_…` */
  batchId?: string
}
