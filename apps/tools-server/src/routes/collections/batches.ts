/** Files that are added to a collection together. */
import type { RequestHandler } from 'express'
import { readJsonObject, sendJson } from '@tandem/http'
import { newBatchSchema, parseInput } from '@tandem/schemas'
import type { AddedFile } from '../../collections/added-documents.ts'
import { callerOf } from '../../auth/service-caller.ts'
import type { Deps } from '../../deps.ts'
import { toAddedFile } from './added-file.ts'
import { noSuchBatch, noSuchCollection } from './not-found.ts'
import { toBatch } from './to-wire.ts'

type BatchPath = { id: string; batch: string }

const maxBodyBytes = 4 * 2 ** 20

/** `POST /collections/{id}/batches`: all of the files, or none. */
export function createBatch({ knowledge, files }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    const { sub } = callerOf(res)
    const body = await readJsonObject(req, maxBodyBytes)
    const asked = parseInput(newBatchSchema, body).files
    const added: AddedFile[] = []
    for (const [at, each] of asked.entries()) {
      added.push(await toAddedFile(files, sub, { asked: each, param: `file_ids[${at}]` }))
    }
    const { collections } = knowledge
    const { batchId } = (await collections.addFiles(sub, id, { files: added, asBatch: true })) ?? {}
    const batch = batchId && (await collections.getBatch(sub, id, batchId))
    if (!batch) throw noSuchCollection(id)
    sendJson(res, toBatch(batch, id))
  }
}

/** `GET /collections/{id}/batches/{batch}` */
export function getBatch({ knowledge }: Deps): RequestHandler<BatchPath> {
  return async (req, res) => {
    const { id, batch } = req.params
    const found = await knowledge.collections.getBatch(callerOf(res).sub, id, batch)
    if (!found) throw noSuchBatch(batch)
    sendJson(res, toBatch(found, id))
  }
}

/** `POST /collections/{id}/batches/{batch}/cancel`: what is searchable already stays. */
export function cancelBatch({ knowledge }: Deps): RequestHandler<BatchPath> {
  return async (req, res) => {
    const { id, batch } = req.params
    const cancelled = await knowledge.collections.cancelBatch(callerOf(res).sub, id, batch)
    if (!cancelled) throw noSuchBatch(batch)
    sendJson(res, toBatch(cancelled, id))
  }
}
