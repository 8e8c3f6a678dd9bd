/** OpenAI's vector stores, over the tools server's collections. */
import type { RequestHandler } from 'express'
import { contextOf, parseJsonObject, readBody, sendJson } from '@tandem/http'
import {
  pageQuerySchema,
  parseInput,
  vectorStorePatchSchema,
  vectorStoreRequestSchema,
} from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'
import { toList, toNewDocument, toVectorStore } from './wire.ts'

type Path = { id: string }
const maxBodyBytes = 2 ** 20

/** `POST /v1/vector_stores`: with `file_ids` all of them are added, or nothing is made. */
export function createVectorStore({ toolsServer }: Deps): RequestHandler {
  return async (req, res) => {
    const asked = parseInput(
      vectorStoreRequestSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const { collections } = toolsServer
    const [claims, options] = [claimsOf(res), contextOf(res)]
    const { name, description, metadata, expires_after, file_ids, chunking_strategy } = asked
    const created = await collections.create(
      claims,
      {
        name: name ?? '',
        description: description ?? '',
        metadata: metadata ?? {},
        expires_after_days: expires_after?.days ?? null,
      },
      options,
    )
    if (!file_ids || file_ids.length === 0) {
      sendJson(res, toVectorStore(created))
      return
    }
    const files = file_ids.map((file_id) => toNewDocument({ file_id, chunking_strategy }))
    try {
      await collections.createBatch(claims, { collection: created.id, files }, options)
    } catch (error) {
      await collections.remove(claims, created.id, { signal: AbortSignal.timeout(cleanUpMs) })
      throw error
    }
    sendJson(res, toVectorStore(await collections.get(claims, created.id, options)))
  }
}

/** The caller may have left meanwhile. */
const cleanUpMs = 10_000

/** `GET /v1/vector_stores` */
export function listVectorStores({ toolsServer }: Deps): RequestHandler {
  return async (req, res) => {
    const query = parseInput(pageQuerySchema, req.query)
    const page = await toolsServer.collections.list(claimsOf(res), query, contextOf(res))
    sendJson(res, toList(page.data.map(toVectorStore), page.has_more))
  }
}

/** `GET /v1/vector_stores/{id}` */
export function getVectorStore({ toolsServer }: Deps): RequestHandler<Path> {
  return async (req, res) => {
    const { id } = req.params
    const collection = await toolsServer.collections.get(claimsOf(res), id, contextOf(res))
    sendJson(res, toVectorStore(collection))
  }
}

/** `POST /v1/vector_stores/{id}`: what is left out stays as it is. */
export function updateVectorStore({ toolsServer }: Deps): RequestHandler<Path> {
  return async (req, res) => {
    const { name, description, metadata, expires_after } = parseInput(
      vectorStorePatchSchema,
      parseJsonObject(await readBody(req, maxBodyBytes)),
    )
    const change = {
      id: req.params.id,
      ...(name !== undefined && { name: name ?? '' }),
      ...(description !== undefined && { description: description ?? '' }),
      ...(metadata !== undefined && { metadata: metadata ?? {} }),
      ...(expires_after !== undefined && { expires_after_days: expires_after?.days ?? null }),
    }
    const changed = await toolsServer.collections.update(claimsOf(res), change, contextOf(res))
    sendJson(res, toVectorStore(changed))
  }
}

/** `DELETE /v1/vector_stores/{id}`: the files themselves stay. */
export function deleteVectorStore({ toolsServer }: Deps): RequestHandler<Path> {
  return async (req, res) => {
    const { id } = req.params
    await toolsServer.collections.remove(claimsOf(res), id, contextOf(res))
    sendJson(res, { id, object: 'vector_store.deleted', deleted: true })
  }
}
