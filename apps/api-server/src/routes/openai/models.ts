import type { RequestHandler } from 'express'
import { contextOf, sendJson } from '@tandem/http'
import { AppError } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'

/** `GET /v1/models` */
export function listModels({ registry }: Deps): RequestHandler {
  return async (_req, res) => {
    sendJson(res, { object: 'list', data: await registry.list(contextOf(res)) })
  }
}

/** `GET /v1/models/{id}`: ids may hold slashes, encoded or not; a bare name is the first provider's that has it. */
export function getModel({ registry }: Deps): RequestHandler {
  return async (req, res) => {
    const id = [req.params['id'] ?? []].flat().join('/').replace(/\/$/, '')
    const models = await registry.list(contextOf(res))
    const model =
      models.find((candidate) => candidate.id === id) ??
      models.find((candidate) => candidate.id.slice(candidate.id.indexOf('/') + 1) === id)
    if (!model) {
      throw new AppError('model_not_found', {
        message: `The model '${id.slice(0, 200)}' does not exist.`,
        param: 'model',
      })
    }
    sendJson(res, model)
  }
}
