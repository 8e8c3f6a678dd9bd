import type { RequestHandler } from 'express'
import { contextOf, sendJson } from '@tandem/http'
import { AppError, type Model } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { withAgentModels } from './agent-models.ts'
import { listLocalModels } from './local-embeddings.ts'

/** `GET /v1/models` */
export function listModels(deps: Deps): RequestHandler {
  return async (_req, res) => {
    sendJson(res, { object: 'list', data: await allModels(deps, contextOf(res)) })
  }
}

async function allModels(deps: Deps, options: { signal: AbortSignal }): Promise<Model[]> {
  const [models, local] = await Promise.all([
    deps.registry.list(options),
    listLocalModels(deps, options),
  ])
  return [...local, ...withAgentModels(models)]
}

/** `GET /v1/models/{id}`: ids may hold slashes, encoded or not; a bare name is the first provider's that has it. */
export function getModel(deps: Deps): RequestHandler {
  return async (req, res) => {
    const id = [req.params['id'] ?? []].flat().join('/').replace(/\/$/, '')
    const models = await allModels(deps, contextOf(res))
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
