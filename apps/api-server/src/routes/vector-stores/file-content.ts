/** `GET /v1/vector_stores/{id}/files/{file}/content`: its text as it was read, written out part by part. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RequestHandler } from 'express'
import { contextOf, setProcessingTime } from '@tandem/http'
import type { DocumentText } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'
import { toKey, type VectorStoreFilePath } from './files.ts'

export function getVectorStoreFileContent({
  toolsServer,
}: Deps): RequestHandler<VectorStoreFilePath> {
  return async (req, res) => {
    const key = toKey(req.params)
    const { signal } = contextOf(res)
    const claims = claimsOf(res)
    const read = (from: number): Promise<DocumentText> =>
      toolsServer.collections.readDocument(claims, { ...key, from }, { signal })
    // What is wrong is still a status of its own.
    const first = await read(0)
    setProcessingTime(res)
    res.setHeader('content-type', 'application/json; charset=utf-8')
    await pipeline(Readable.from(toJson(first, read)), res).catch(() => res.destroy())
  }
}

async function* toJson(
  first: DocumentText,
  read: (from: number) => Promise<DocumentText>,
): AsyncGenerator<string> {
  yield '{"object":"vector_store.file_content.page","data":['
  let separator = ''
  for (let part = first; ; part = await read(part.next)) {
    const items = part.blocks.map(({ text }) => JSON.stringify({ type: 'text', text }))
    if (items.length > 0) yield `${separator}${items.join()}`
    separator = ','
    if (part.next === undefined) break
  }
  yield '],"has_more":false,"next_page":null}'
}
