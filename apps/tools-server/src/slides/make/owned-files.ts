/** Files of one owner, by id or by name: what is not the owner's is not there. */
import type { StoredFile } from '@tandem/db'
import { AppError } from '@tandem/schemas'
import type { FileStore } from '../../files/file-store.ts'

export interface Place {
  owner: string
  sessionId?: string | undefined
}

export interface OwnedFiles {
  /** @throws AppError `file_not_found` with this `param` */
  find(key: string, param: string): Promise<StoredFile>
}

/** How far back a name is looked for. */
const newest = 300

export function createOwnedFiles(
  files: Pick<FileStore, 'get' | 'list'>,
  { owner, sessionId }: Place,
): OwnedFiles {
  let recent: Promise<StoredFile[]> | undefined
  const list = async (): Promise<StoredFile[]> =>
    (await files.list(owner, { order: 'desc', limit: newest })).files
  return {
    async find(key, param) {
      const file = await files.get(owner, key)
      if (file) return file
      recent ??= list()
      const named = (await recent).filter(({ name }) => name === key)
      const found = named.find((each) => each.sessionId === sessionId) ?? named[0]
      if (found) return found
      throw new AppError('file_not_found', {
        message: `There is no file '${key.slice(0, 64)}'.`,
        param,
      })
    },
  }
}
