/** The text of documents, part by part: unpacked once for a reader who goes on, not again for each part. */
import type { ParsedDocument } from '@tandem/schemas'
import type { DocumentRows } from '@tandem/db'
import { partFrom, type SourcePart } from '../source-parts.ts'

export type ReadSource = (
  owner: string,
  collection: string,
  wanted: { id: string; from: number },
) => Promise<SourcePart | undefined>

/** For how long the last one is kept. */
const keptMs = 5000

export function createReadSource(documents: Pick<DocumentRows, 'get' | 'source'>): ReadSource {
  let last: { key: string; source: ParsedDocument } | undefined
  let timer: NodeJS.Timeout | undefined
  return async (owner, collection, { id, from }) => {
    const document = await documents.get(owner, collection, id)
    if (!document) return undefined
    const key = [document.id, document.updatedAt, document.bytes].join(' ')
    const known = last?.key === key ? last.source : undefined
    const source = known ?? (await documents.source(owner, collection, id))
    if (!source) return undefined
    last = { key, source }
    clearTimeout(timer)
    timer = setTimeout(() => (last = undefined), keptMs).unref()
    return partFrom(source, from)
  }
}
