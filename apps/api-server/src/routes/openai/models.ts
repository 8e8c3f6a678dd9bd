import type { RequestHandler } from 'express'
import { contextOf, sendJson } from '@tandem/http'
import { AppError, type Model } from '@tandem/schemas'
import type { Deps } from '../../deps.ts'
import { findAgentModel, toAgentModels } from './agent-models.ts'
import { listLocalModels } from './local-embeddings.ts'

/** `GET /v1/models`: the models themselves, then each of those that chat behind each agent. */
export function listModels(deps: Deps): RequestHandler {
  return async (_req, res) => {
    const { models, local } = await allModels(deps, contextOf(res))
    const behindAgents = deps.config.listAgentModels ? toAgentModels(models) : []
    sendJson(res, { object: 'list', data: [...local, ...models, ...behindAgents] })
  }
}

async function allModels(
  deps: Deps,
  options: { signal: AbortSignal },
): Promise<{ models: Model[]; local: Model[] }> {
  const [models, local] = await Promise.all([
    deps.registry.list(options),
    listLocalModels(deps, options),
  ])
  return { models, local }
}

/**
 * `GET /v1/models/{id}`: ids may hold slashes, encoded or not; a bare name is the first provider's that has it. An agent
 * may stand before any name, as in a chat.
 */
export function getModel(deps: Deps): RequestHandler {
  return async (req, res) => {
    const id = [req.params['id'] ?? []].flat().join('/').replace(/\/$/, '')
    const { models, local } = await allModels(deps, contextOf(res))
    const model =
      findModel([...local, ...models], id) ?? findAgentModel(id, (name) => findModel(models, name))
    if (!model) {
      throw new AppError('model_not_found', {
        message: `The model '${id.slice(0, 200)}' does not exist.`,
        param: 'model',
      })
    }
    sendJson(res, model)
  }
}

function findModel(models: readonly Model[], id: string): Model | undefined {
  return (
    models.find((model) => model.id === id) ??
    models.find((model) => model.id.slice(model.id.indexOf('/') + 1) === id)
  )
}
