import { AppError, type NewFileDocumentRequest } from '@tandem/schemas'
import type { AddedFile } from '../../collections/added-documents.ts'
import type { FileStore } from '../../files/file-store.ts'

/** A file that the owner has. @throws AppError `file_not_found`, also where it is somebody else's */
export async function toAddedFile(
  files: Pick<FileStore, 'get'>,
  owner: string,
  { asked, param }: { asked: NewFileDocumentRequest; param: string },
): Promise<AddedFile> {
  const { file_id: id, title, attributes, chunk_size, chunk_overlap } = asked
  const file = await files.get(owner, id)
  if (!file) {
    const message = `There is no file '${id.slice(0, 64)}'.`
    throw new AppError('file_not_found', { message, param })
  }
  return { file, title, attributes, chunkSize: chunk_size, chunkOverlap: chunk_overlap }
}
