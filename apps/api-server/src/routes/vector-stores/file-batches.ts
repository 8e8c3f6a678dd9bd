/** Files that are added to a vector store together. */
import type { RequestHandler } from 'express'
import type { z } from 'zod'
import { contextOf, readJsonObject, sendJson } from '@tandem/http'
import {
  AppError,
  fileBatchRequestSchema,
  parseInput,
  type NewFileDocumentRequest,
} from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'
import { vectorStoreFileQuerySchema } from './files.ts'
import { pollSoon } from './poll-soon.ts'
import { toFileBatch, toList, toNewDocument, toVectorStoreFile } from './wire.ts'

type StorePath = { id: string }
type BatchPath = { id: string; batch: string }

const maxBodyBytes = 4 * 2 ** 20

/** `POST /v1/vector_stores/{id}/file_batches`: all of the files, or none. */
export function createFileBatch({ toolsServer }: Deps): RequestHandler<StorePath> {
  return async (req, res) => {
    const asked = parseInput(fileBatchRequestSchema, await readJsonObject(req, maxBodyBytes))
    const batch = { collection: req.params.id, files: filesOf(asked) }
    const created = await toolsServer.collections.createBatch(claimsOf(res), batch, contextOf(res))
    sendJson(res, toFileBatch(created))
  }
}

function filesOf(asked: z.infer<typeof fileBatchRequestSchema>): NewFileDocumentRequest[] {
  const { file_ids, files, attributes, chunking_strategy } = asked
  if (Boolean(file_ids) === Boolean(files)) {
    throw new AppError(file_ids ? 'invalid_request' : 'missing_parameter', {
      message: "Name the files in 'file_ids' or in 'files', in one of the two.",
      param: 'file_ids',
    })
  }
  if (files) return files.map(toNewDocument)
  return (file_ids ?? []).map((file_id) =>
    toNewDocument({ file_id, attributes, chunking_strategy }),
  )
}

/** `GET /v1/vector_stores/{id}/file_batches/{batch}` */
export function getFileBatch({ toolsServer }: Deps): RequestHandler<BatchPath> {
  return async (req, res) => {
    const key = { collection: req.params.id, id: req.params.batch }
    const batch = await toolsServer.collections.getBatch(claimsOf(res), key, contextOf(res))
    const body = toFileBatch(batch)
    if (body.status === 'in_progress') pollSoon(res)
    sendJson(res, body)
  }
}

/** `POST /v1/vector_stores/{id}/file_batches/{batch}/cancel`: what is searchable already stays. */
export function cancelFileBatch({ toolsServer }: Deps): RequestHandler<BatchPath> {
  return async (req, res) => {
    const key = { collection: req.params.id, id: req.params.batch }
    const batch = await toolsServer.collections.cancelBatch(claimsOf(res), key, contextOf(res))
    sendJson(res, toFileBatch(batch))
  }
}

/** `GET /v1/vector_stores/{id}/file_batches/{batch}/files` */
export function listFileBatchFiles({ toolsServer }: Deps): RequestHandler<BatchPath> {
  return async (req, res) => {
    const { id: collection, batch } = req.params
    const { filter: status, ...page } = parseInput(vectorStoreFileQuerySchema, req.query)
    const query = { ...page, status, collection, batch }
    const found = await toolsServer.collections.listDocuments(claimsOf(res), query, contextOf(res))
    sendJson(res, toList(found.data.map(toVectorStoreFile), found.has_more))
  }
}
