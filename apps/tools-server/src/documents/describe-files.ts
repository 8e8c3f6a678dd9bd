/** Files as models are told of them. What was described once is remembered: clients send the same files with each message. */
import type { StoredFile } from '@tandem/db'
import { AppError, toAppError, toErrorBody, type Attachment } from '@tandem/schemas'
import type { FileStore } from '../files/file-store.ts'
import type { StoredDocuments } from './stored-documents.ts'

/** @throws AppError `file_not_found`, the signal's reason; a file that cannot be read is described by the error instead */
export type DescribeFile = (
  owner: string,
  fileId: string,
  options: { signal: AbortSignal },
) => Promise<Attachment>

/** Descriptions of some kilobytes each. */
const remembered = 500

export function createDescribeFile({
  files,
  documents,
}: {
  files: Pick<FileStore, 'get'>
  documents: Pick<StoredDocuments, 'describe'>
}): DescribeFile {
  /** By owner and file, the oldest first; a file never changes. */
  const known = new Map<string, Attachment>()

  return async (owner, fileId, { signal }) => {
    const file = await files.get(owner, fileId)
    if (!file) throw noSuchFile(fileId)
    const key = JSON.stringify([owner, fileId])
    const before = known.get(key)
    if (before) return before
    const described = await describe(documents, file, signal)
    // What may go better another time is tried again.
    if (isLasting(described)) known.set(key, described)
    if (known.size > remembered) known.delete(known.keys().next().value ?? '')
    return described
  }
}

async function describe(
  documents: Pick<StoredDocuments, 'describe'>,
  file: StoredFile,
  signal: AbortSignal,
): Promise<Attachment> {
  const { id, owner, name, mediaType, bytes, checksum } = file
  const attachment = { file_id: id, name, media_type: mediaType, bytes, sha256: checksum }
  try {
    const description = await documents.describe({ owner, fileId: id }, { signal })
    return { ...attachment, description }
  } catch (thrown) {
    signal.throwIfAborted()
    const error = toAppError(thrown)
    if (error.code === 'internal_error') throw error
    const { message } = toErrorBody(error).error
    return { ...attachment, error: { code: error.code, message } }
  }
}

function isLasting({ error }: Attachment): boolean {
  return !error || (error.code.startsWith('document_') && error.code !== 'document_too_complex')
}

function noSuchFile(fileId: string): AppError {
  return new AppError('file_not_found', {
    message: `There is no file '${fileId.slice(0, 64)}'.`,
    param: 'file_id',
  })
}
