/** The parsed text of a document as it is kept. */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { DocumentBlock } from '@tandem/schemas'

export function packBlocks(blocks: readonly DocumentBlock[]): Buffer {
  return gzipSync(JSON.stringify(blocks), { level: 1 })
}

export function readBlocks(bytes: Buffer): DocumentBlock[] {
  return JSON.parse(gunzipSync(bytes).toString('utf8')) as DocumentBlock[]
}
