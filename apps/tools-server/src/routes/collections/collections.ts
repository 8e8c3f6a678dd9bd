/** Collections over HTTP; the owner is in the service token. */
import type { RequestHandler } from 'express'
import { parseJsonObject, readBody, sendJson } from '@tandem/http'
import {
  collectionPatchSchema,
  collectionQuerySchema,
  newCollectionSchema,
  parseInput,
  type CollectionList,
} from '@tandem/schemas'
import { callerOf } from '../../auth/service-caller.ts'
import type { Deps } from '../../deps.ts'
import { noSuchCollection } from './not-found.ts'
import { toCollection } from './to-wire.ts'

type Knows = Pick<Deps, 'knowledge'>
const maxBodyBytes = 2 ** 20

/** `POST /collections` */
export function createCollection({ knowledge }: Knows): RequestHandler {
  return async (req, res) => {
    const { unique_name: uniqueName, ...asked } = parseInput(
      newCollectionSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const { expires_after_days: expiresAfterDays, ...rest } = asked
    const collection = { ...rest, expiresAfterDays }
    const { sub } = callerOf(res)
    const created = await knowledge.collections.create(sub, collection, { uniqueName })
    sendJson(res, toCollection(created))
  }
}

/** `GET /collections` */
export function listCollections({ knowledge }: Knows): RequestHandler {
  return async (req, res) => {
    const query = parseInput(collectionQuerySchema, req.query)
    const found = await knowledge.collections.list(callerOf(res).sub, query)
    const { collections, hasMore } = found
    const list: CollectionList = { data: collections.map(toCollection), has_more: hasMore }
    sendJson(res, list)
  }
}

/** `GET /collections/{id}` */
export function getCollection({ knowledge }: Knows): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    const collection = await knowledge.collections.get(callerOf(res).sub, id)
    if (!collection) throw noSuchCollection(id)
    sendJson(res, toCollection(collection))
  }
}

/** `POST /collections/{id}`: changes what is named. */
export function updateCollection({ knowledge }: Knows): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    const { expires_after_days: expiresAfterDays, ...change } = parseInput(
      collectionPatchSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const { sub } = callerOf(res)
    const changed = await knowledge.collections.update(sub, id, { ...change, expiresAfterDays })
    if (!changed) throw noSuchCollection(id)
    sendJson(res, toCollection(changed))
  }
}

/** `DELETE /collections/{id}`: with all that is in it. */
export function removeCollection({
  knowledge,
  documentFiles,
}: Pick<Deps, 'knowledge' | 'documentFiles'>): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    const { sub } = callerOf(res)
    if (!(await knowledge.collections.remove(sub, id))) throw noSuchCollection(id)
    await documentFiles.tidy(sub)
    sendJson(res, { id, deleted: true })
  }
}
