/** Collections by name. */
import type { RequestHandler } from 'express'
import { contextOf, parseJsonObject, readBody, sendJson } from '@tandem/http'
import { pageQuerySchema, parseInput } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'
import { findCollection } from './find-collection.ts'
import {
  ragCollectionRequestSchema,
  ragSearchSchema,
  toRagAnswer,
  toRagCollection,
} from './wire.ts'

type Path = { name: string }
const maxBodyBytes = 2 ** 20

/** `POST /api/rag/collections` */
export function createRagCollection({ toolsServer }: Deps): RequestHandler {
  return async (req, res) => {
    const asked = parseInput(
      ragCollectionRequestSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const collection = { ...asked, unique_name: true }
    const created = await toolsServer.collections.create(claimsOf(res), collection, contextOf(res))
    sendJson(res, toRagCollection(created), 201)
  }
}

/** `GET /api/rag/collections` */
export function listRagCollections({ toolsServer }: Deps): RequestHandler {
  return async (req, res) => {
    const query = parseInput(pageQuerySchema, req.query)
    const page = await toolsServer.collections.list(claimsOf(res), query, contextOf(res))
    sendJson(res, { collections: page.data.map(toRagCollection), has_more: page.has_more })
  }
}

/** `GET /api/rag/collections/{name}` */
export function getRagCollection(deps: Deps): RequestHandler<Path> {
  return async (req, res) => {
    sendJson(res, toRagCollection(await findCollection(deps, res, req.params.name)))
  }
}

/** `DELETE /api/rag/collections/{name}`: with all that is in it. */
export function deleteRagCollection(deps: Deps): RequestHandler<Path> {
  return async (req, res) => {
    const { id, name } = await findCollection(deps, res, req.params.name)
    await deps.toolsServer.collections.remove(claimsOf(res), id, contextOf(res))
    sendJson(res, { id, name, deleted: true })
  }
}

/** `POST /api/rag/collections/{name}/search` */
export function searchRagCollection(deps: Deps): RequestHandler<Path> {
  return async (req, res) => {
    const { query, k, filters } = parseInput(
      ragSearchSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const { id } = await findCollection(deps, res, req.params.name)
    const request = { collections: [id], queries: [query], k, filter: filters }
    const found = await deps.toolsServer.collections.search(claimsOf(res), request, contextOf(res))
    sendJson(res, toRagAnswer(query, found))
  }
}
