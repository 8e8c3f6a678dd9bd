/** The documents of a collection. */
import type { Request, RequestHandler } from 'express'
import { contextOf, readJsonObject, sendJson } from '@tandem/http'
import { documentQuerySchema, parseInput, type Document } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { toUpload } from '../files/upload.ts'
import { claimsOf } from '../tools/claims.ts'
import { findCollection } from './find-collection.ts'
import { ragFileSchema, ragTextSchema, toRagDocument } from './wire.ts'

type CollectionPath = { name: string }
type DocumentPath = { name: string; id: string }

/** More comes as a file: parsing a body of JSON stops the server for a moment. */
const maxBodyBytes = 4 * 2 ** 20

/**
 * `POST /api/rag/collections/{name}/documents`: `{text, title?}`, `{file_id}` or a multipart form with `file`. 202 while it
 * is being indexed; 200 where the collection has the same already.
 */
export function addRagDocument(deps: Deps): RequestHandler<CollectionPath> {
  return async (req, res) => {
    const { id: collection } = await findCollection(deps, res, req.params.name)
    const { collections } = deps.toolsServer
    const [claims, options] = [claimsOf(res), contextOf(res)]
    const document = isForm(req)
      ? await collections.uploadDocument(
          claims,
          { collection, ...toUpload(req, deps.config.fileLimitMb) },
          options,
        )
      : await collections.addDocument(claims, { collection, ...(await readAdded(req)) }, options)
    sendAdded(res, document)
  }
}

function isForm(req: Request<CollectionPath>): boolean {
  return /^multipart\//i.test(req.headers['content-type'] ?? '')
}

async function readAdded(req: Request<CollectionPath>) {
  const body = await readJsonObject(req, maxBodyBytes)
  return body['file_id'] === undefined
    ? parseInput(ragTextSchema, body)
    : parseInput(ragFileSchema, body)
}

function sendAdded(res: Parameters<RequestHandler>[1], document: Document): void {
  sendJson(res, toRagDocument(document), document.status === 'in_progress' ? 202 : 200)
}

/** `GET /api/rag/collections/{name}/documents` */
export function listRagDocuments(deps: Deps): RequestHandler<CollectionPath> {
  return async (req, res) => {
    const { batch: _batch, ...query } = parseInput(documentQuerySchema, req.query)
    const { id: collection } = await findCollection(deps, res, req.params.name)
    const asked = { ...query, collection }
    const page = await deps.toolsServer.collections.listDocuments(
      claimsOf(res),
      asked,
      contextOf(res),
    )
    sendJson(res, { documents: page.data.map(toRagDocument), has_more: page.has_more })
  }
}

/** `GET /api/rag/collections/{name}/documents/{id}`: its status, and how far indexing is. */
export function getRagDocument(deps: Deps): RequestHandler<DocumentPath> {
  return async (req, res) => {
    const { id: collection } = await findCollection(deps, res, req.params.name)
    const key = { collection, id: req.params.id }
    const found = await deps.toolsServer.collections.getDocument(claimsOf(res), key, contextOf(res))
    sendJson(res, toRagDocument(found))
  }
}

/** `DELETE /api/rag/collections/{name}/documents/{id}`: a file that was uploaded for it goes too. */
export function deleteRagDocument(deps: Deps): RequestHandler<DocumentPath> {
  return async (req, res) => {
    const { id } = req.params
    const { id: collection } = await findCollection(deps, res, req.params.name)
    const key = { collection, id }
    await deps.toolsServer.collections.removeDocument(claimsOf(res), key, contextOf(res))
    sendJson(res, { id, deleted: true })
  }
}
