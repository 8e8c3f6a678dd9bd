/** Bytes on their way into the store: written, counted and hashed as they come. */
import { createHash } from 'node:crypto'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { headBytes } from './media-type.ts'

export interface Draft {
  path: string
  bytes: number
  /** SHA-256 in hex. */
  checksum: string
  /** The beginning of the file. */
  head: Buffer
}

/**
 * Writes all of `source` to a new file and syncs it; `take` is told each chunk's size before it is written and refuses by
 * throwing. Whatever fails, no file is left.
 */
export async function writeDraft(
  path: string,
  source: AsyncIterable<Uint8Array>,
  take: (bytes: number) => void,
): Promise<Draft> {
  const handle = await open(path, 'wx', 0o600)
  try {
    const written = await copy(handle, source, take)
    await handle.sync()
    await handle.close()
    return { path, ...written }
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(path, { force: true })
    throw error
  }
}

async function copy(
  handle: FileHandle,
  source: AsyncIterable<Uint8Array>,
  take: (bytes: number) => void,
): Promise<Omit<Draft, 'path'>> {
  const hash = createHash('sha256')
  const head: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of source) {
    take(chunk.byteLength)
    if (bytes < headBytes) head.push(chunk.subarray(0, headBytes - bytes))
    hash.update(chunk)
    bytes += chunk.byteLength
    await handle.writeFile(chunk)
  }
  return { bytes, checksum: hash.digest('hex'), head: Buffer.concat(head) }
}
