/** Documents that lie in the file store, by owner and id: what is not the owner's is not there. */
import type { StoredFile } from '@tandem/db'
import { AppError, type ParsedDocument } from '@tandem/schemas'
import type { FileStore } from '../files/file-store.ts'
import type { Documents, OwnedFile } from './documents.ts'
import type { DocumentDescription, DocumentExcerpt, ReadRange } from './messages.ts'

export interface StoredDocumentKey {
  owner: string
  fileId: string
}

interface CallOptions {
  signal: AbortSignal
}

/** All calls throw AppError `file_not_found` and those of `Documents`. */
export interface StoredDocuments {
  parse(key: StoredDocumentKey, options: CallOptions): Promise<ParsedDocument>
  describe(key: StoredDocumentKey, options: CallOptions): Promise<DocumentDescription>
  read(
    key: StoredDocumentKey,
    asked: { range: ReadRange; maxChars: number },
    options: CallOptions,
  ): Promise<DocumentExcerpt>
}

export function createStoredDocuments({
  files,
  documents,
}: {
  files: Pick<FileStore, 'locate'>
  documents: Documents
}): StoredDocuments {
  async function locate({ owner, fileId }: StoredDocumentKey): Promise<OwnedFile> {
    const found = await files.locate(owner, fileId)
    if (!found) throw noSuchFile(fileId)
    const { file, path } = found
    return toOwnedFile(file, path)
  }

  return {
    parse: async (key, options) => await documents.parse(await locate(key), options),
    describe: async (key, options) => await documents.describe(await locate(key), options),
    read: async (key, asked, options) => await documents.read(await locate(key), asked, options),
  }
}

function toOwnedFile({ owner, name, mediaType }: StoredFile, path: string): OwnedFile {
  return { owner, path, name, mediaType }
}

function noSuchFile(fileId: string): AppError {
  return new AppError('file_not_found', {
    message: `There is no file '${fileId.slice(0, 64)}'.`,
    param: 'file_id',
  })
}
