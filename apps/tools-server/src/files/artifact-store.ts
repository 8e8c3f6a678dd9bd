/** How tools keep and read files: whole, by owner. */
import { buffer } from 'node:stream/consumers'
import type { Artifact } from '@tandem/schemas'
import type { FileStore } from './file-store.ts'

export interface ArtifactStore {
  /** @throws AppError `file_quota_exceeded` */
  save(input: { owner: string; sessionId?: string; name: string; bytes: Buffer }): Promise<Artifact>
  load(
    owner: string,
    fileId: string,
  ): Promise<{ name: string; mediaType: string; bytes: Buffer } | undefined>
}

export function createArtifactStore(files: FileStore): ArtifactStore {
  return {
    async save({ owner, sessionId, name, bytes }) {
      const label = { name, purpose: 'assistants_output', sessionId }
      const file = await files.add(owner, once(bytes), () => label)
      return { fileId: file.id, name: file.name, mediaType: file.mediaType, bytes: file.bytes }
    },
    async load(owner, fileId) {
      const found = await files.read(owner, fileId)
      if (!found) return undefined
      const { name, mediaType } = found.file
      return { name, mediaType, bytes: await buffer(found.bytes) }
    },
  }
}

// oxlint-disable-next-line require-await -- a source is asynchronous, also of bytes that are all there
async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes
}
