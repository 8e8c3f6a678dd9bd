/** What is added to a collection, as callers say it and as it is stored. */
import type { ParsedDocument } from '@tandem/schemas'
import type { NewFileDocument, StoredDocument, StoredFile } from '@tandem/db'

interface AddedOptions {
  attributes?: StoredDocument['attributes'] | undefined
  /** In tokens; the settings' where it is left out. */
  chunkSize?: number | undefined
  chunkOverlap?: number | undefined
}

export interface AddedDocument extends ParsedDocument, AddedOptions {
  fileId?: string | undefined
}

/** A file of the owner's, whose text is read in the background. */
export interface AddedFile extends AddedOptions {
  file: Pick<StoredFile, 'id' | 'name' | 'checksum' | 'bytes'>
  /** The file's name where it is left out. */
  title?: string | undefined
  /** It came for this document alone. */
  isUpload?: boolean | undefined
}

/** In tokens. */
export interface ChunkSizes {
  chunkSize: number
  chunkOverlap: number
}

export function toFileDocument(added: AddedFile, defaults: ChunkSizes): NewFileDocument {
  const { file, title = file.name, attributes, isUpload } = added
  const { id: fileId, checksum, bytes } = file
  return { title, fileId, checksum, bytes, attributes, isUpload, ...sizesOf(added, defaults) }
}

export function sizesOf(
  { chunkSize, chunkOverlap }: AddedOptions,
  defaults: ChunkSizes,
): ChunkSizes {
  const size = chunkSize ?? defaults.chunkSize
  // An overlap of most of a chunk would index the same text again and again.
  const overlap = Math.min(chunkOverlap ?? defaults.chunkOverlap, Math.floor(size / 2))
  return { chunkSize: size, chunkOverlap: overlap }
}
