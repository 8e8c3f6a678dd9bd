import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import { makeTempDir, type TempDir } from '@tandem/testing'
import type { OwnedFile } from '../../src/documents/documents.ts'
import { headBytes, sniffMediaType } from '../../src/files/media-type.ts'

let folder: TempDir
let made = 0
beforeAll(async () => {
  folder = await makeTempDir()
})
afterAll(() => folder.remove())

/** A file on disk as the store would keep it: with the type that its bytes say. */
export async function placeFile(
  content: Buffer | string,
  name: string,
  owner = 'ann',
): Promise<OwnedFile> {
  const bytes = Buffer.from(content as string)
  const path = join(folder.path, String((made += 1)))
  writeFileSync(path, bytes)
  return { owner, path, name, mediaType: await sniffMediaType(bytes.subarray(0, headBytes), name) }
}

export const patience = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(60_000) })
