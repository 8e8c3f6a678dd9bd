/** The documents of a collection over HTTP; the owner is in the service token. */
import type { RequestHandler } from 'express'
import { z } from 'zod'
import { readJsonObject, sendJson } from '@tandem/http'
import {
  AppError,
  attributesSchema,
  documentQuerySchema,
  newFileDocumentSchema,
  newTextDocumentSchema,
  parseInput,
  type DocumentList,
  type DocumentText,
} from '@tandem/schemas'
import type { StoredDocument } from '@tandem/db'
import { callerOf } from '../../auth/service-caller.ts'
import type { Deps } from '../../deps.ts'
import { toAddedFile } from './added-file.ts'
import { noSuchCollection, noSuchDocument } from './not-found.ts'
import { toDocument } from './to-wire.ts'

type CollectionPath = { id: string }
type DocumentPath = { id: string; document: string }

/** More comes as a file: parsing a body of JSON stops the server for a moment. */
const maxBodyBytes = 4 * 2 ** 20

/** `POST /collections/{id}/documents`: `{text, title?}` or `{file_id}`. It is indexed in the background. */
export function addDocument(deps: Deps): RequestHandler<CollectionPath> {
  return async (req, res) => {
    const { id } = req.params
    const { sub } = callerOf(res)
    const body = await readJsonObject(req, maxBodyBytes)
    const added =
      body['file_id'] === undefined
        ? addText(deps, sub, { id, body })
        : addFile(deps, sub, { id, body })
    const document = await added
    if (!document) throw noSuchCollection(id)
    sendJson(res, toDocument(document, id))
  }
}

interface Added {
  id: string
  body: Record<string, unknown>
}

async function addText(
  { knowledge }: Deps,
  owner: string,
  { id, body }: Added,
): Promise<StoredDocument | undefined> {
  const { text, title = 'Untitled', ...options } = parseInput(newTextDocumentSchema, body)
  return knowledge.collections.addDocument(owner, id, {
    title,
    blocks: [{ text }],
    attributes: options.attributes,
    chunkSize: options.chunk_size,
    chunkOverlap: options.chunk_overlap,
  })
}

async function addFile(
  { knowledge, files }: Deps,
  owner: string,
  { id, body }: Added,
): Promise<StoredDocument | undefined> {
  const asked = parseInput(newFileDocumentSchema, body)
  const file = await toAddedFile(files, owner, { asked, param: 'file_id' })
  return (await knowledge.collections.addFiles(owner, id, { files: [file] }))?.documents[0]
}

/** `GET /collections/{id}/documents` */
export function listDocuments({ knowledge }: Deps): RequestHandler<CollectionPath> {
  return async (req, res) => {
    const { id } = req.params
    const { sub } = callerOf(res)
    const query = parseInput(documentQuerySchema, req.query)
    const found = await knowledge.collections.listDocuments(sub, id, query)
    if (!found) throw noSuchCollection(id)
    const data = found.documents.map((each) => toDocument(each, id))
    const list: DocumentList = { data, has_more: found.hasMore }
    sendJson(res, list)
  }
}

/** `GET /collections/{id}/documents/{document}`: by its id or its file's. */
export function getDocument({ knowledge }: Deps): RequestHandler<DocumentPath> {
  return async (req, res) => {
    const { id, document } = req.params
    const found = await knowledge.collections.getDocument(callerOf(res).sub, id, document)
    if (!found) throw noSuchDocument(document)
    sendJson(res, toDocument(found, id))
  }
}

const partQuerySchema = z.object({ from: z.coerce.number<string>().int().min(0).default(0) })

/** `GET /collections/{id}/documents/{document}/content`: its text, in parts. */
export function getDocumentText({ knowledge }: Deps): RequestHandler<DocumentPath> {
  return async (req, res) => {
    const { id, document } = req.params
    const { sub } = callerOf(res)
    const stored = await knowledge.collections.getDocument(sub, id, document)
    if (!stored) throw noSuchDocument(document)
    const { from } = parseInput(partQuerySchema, req.query)
    const part = await knowledge.collections.readDocument(sub, id, { id: document, from })
    if (!part) throw notReady(stored)
    const text: DocumentText = part
    sendJson(res, text)
  }
}

function notReady({ status, error }: StoredDocument): AppError {
  const message =
    status === 'in_progress' ? undefined : (error ?? 'The text of this document was never read.')
  return new AppError('document_not_ready', { message })
}

const changeSchema = z.object({ attributes: attributesSchema })

/** `POST /collections/{id}/documents/{document}` */
export function updateDocument({ knowledge }: Deps): RequestHandler<DocumentPath> {
  return async (req, res) => {
    const { id, document } = req.params
    const { attributes } = parseInput(changeSchema, await readJsonObject(req, maxBodyBytes))
    const change = { id: document, attributes }
    const changed = await knowledge.collections.setAttributes(callerOf(res).sub, id, change)
    if (!changed) throw noSuchDocument(document)
    sendJson(res, toDocument(changed, id))
  }
}

/** `DELETE /collections/{id}/documents/{document}` */
export function removeDocument({ knowledge, documentFiles }: Deps): RequestHandler<DocumentPath> {
  return async (req, res) => {
    const { id, document } = req.params
    const { sub } = callerOf(res)
    if (!(await knowledge.collections.removeDocument(sub, id, document)))
      throw noSuchDocument(document)
    await documentFiles.tidy(sub)
    sendJson(res, { id: document, deleted: true })
  }
}
