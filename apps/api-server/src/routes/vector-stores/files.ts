/** The files of a vector store. */
import type { RequestHandler } from 'express'
import { contextOf, parseJsonObject, readBody, sendJson } from '@tandem/http'
import {
  documentStatusSchema,
  pageQuerySchema,
  parseInput,
  vectorStoreFilePatchSchema,
  vectorStoreFileRequestSchema,
} from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'
import { pollSoon } from './poll-soon.ts'
import { toList, toNewDocument, toVectorStoreFile } from './wire.ts'

type StorePath = { id: string }
export type VectorStoreFilePath = { id: string; file: string }

const maxBodyBytes = 2 ** 20

/** `filter` is OpenAI's word for the status. */
export const vectorStoreFileQuerySchema = pageQuerySchema.extend({
  filter: documentStatusSchema.optional(),
})

/** `POST /v1/vector_stores/{id}/files`: `in_progress` until a search finds all of it. */
export function createVectorStoreFile({ toolsServer }: Deps): RequestHandler<StorePath> {
  return async (req, res) => {
    const asked = parseInput(
      vectorStoreFileRequestSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const added = { ...toNewDocument(asked), collection: req.params.id }
    const document = await toolsServer.collections.addDocument(claimsOf(res), added, contextOf(res))
    sendJson(res, toVectorStoreFile(document))
  }
}

/** `GET /v1/vector_stores/{id}/files` */
export function listVectorStoreFiles({ toolsServer }: Deps): RequestHandler<StorePath> {
  return async (req, res) => {
    const { filter: status, ...page } = parseInput(vectorStoreFileQuerySchema, req.query)
    const query = { ...page, status, collection: req.params.id }
    const found = await toolsServer.collections.listDocuments(claimsOf(res), query, contextOf(res))
    sendJson(res, toList(found.data.map(toVectorStoreFile), found.has_more))
  }
}

/** `GET /v1/vector_stores/{id}/files/{file}` */
export function getVectorStoreFile({ toolsServer }: Deps): RequestHandler<VectorStoreFilePath> {
  return async (req, res) => {
    const key = toKey(req.params)
    const document = await toolsServer.collections.getDocument(claimsOf(res), key, contextOf(res))
    if (document.status === 'in_progress') pollSoon(res)
    sendJson(res, toVectorStoreFile(document))
  }
}

/** `POST /v1/vector_stores/{id}/files/{file}`: other attributes. */
export function updateVectorStoreFile({ toolsServer }: Deps): RequestHandler<VectorStoreFilePath> {
  return async (req, res) => {
    const { attributes } = parseInput(
      vectorStoreFilePatchSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const change = { ...toKey(req.params), attributes: attributes ?? {} }
    const changed = await toolsServer.collections.setAttributes(
      claimsOf(res),
      change,
      contextOf(res),
    )
    sendJson(res, toVectorStoreFile(changed))
  }
}

/** `DELETE /v1/vector_stores/{id}/files/{file}`: the file itself stays. */
export function deleteVectorStoreFile({ toolsServer }: Deps): RequestHandler<VectorStoreFilePath> {
  return async (req, res) => {
    const key = toKey(req.params)
    await toolsServer.collections.removeDocument(claimsOf(res), key, contextOf(res))
    sendJson(res, { id: key.id, object: 'vector_store.file.deleted', deleted: true })
  }
}

export function toKey({ id, file }: VectorStoreFilePath): { collection: string; id: string } {
  return { collection: id, id: file }
}
