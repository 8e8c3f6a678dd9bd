/** Files that were uploaded into a collection: they are there for its documents, and go when no document needs them. */
import type { FileRows, StoredFile } from '@tandem/db'
import type { FileLabel, FileStore } from './file-store.ts'

/** What such files are for; no upload of another kind may say so. */
export const documentPurpose = 'collection_document'

export interface DocumentFiles {
  /**
   * Stores the bytes and hands the file on to be added to a collection. Where that fails nothing is left of it.
   * @throws AppError as `FileStore.add`, and what `use` throws
   */
  add<Result>(upload: DocumentUpload, use: (file: StoredFile) => Promise<Result>): Promise<Result>
  /** Removes those that no document needs any more, of one owner or of everyone. */
  tidy(owner?: string): Promise<void>
}

export interface DocumentUpload {
  owner: string
  source: AsyncIterable<Uint8Array>
  label: () => Promise<Pick<FileLabel, 'name'>>
}

export interface DocumentFilesOptions {
  files: Pick<FileStore, 'add' | 'remove'>
  rows: Pick<FileRows, 'withoutDocument'>
}

export function createDocumentFiles({ files, rows }: DocumentFilesOptions): DocumentFiles {
  /** Uploads by owner: such a file has no document for a moment. */
  const arriving = new Map<string, number>()
  const count = (owner: string, change: number): void => {
    const left = (arriving.get(owner) ?? 0) + change
    if (left > 0) arriving.set(owner, left)
    else arriving.delete(owner)
  }

  async function tidy(owner?: string): Promise<void> {
    for (const unused of await rows.withoutDocument(documentPurpose, owner)) {
      if (!arriving.has(unused.owner)) await files.remove(unused.owner, unused.id)
    }
  }

  return {
    async add({ owner, source, label }, use) {
      count(owner, 1)
      try {
        const toLabel = async (): Promise<FileLabel> => ({
          ...(await label()),
          purpose: documentPurpose,
        })
        return await use(await files.add(owner, source, toLabel))
      } finally {
        count(owner, -1)
        await tidy(owner)
      }
    },
    tidy,
  }
}
