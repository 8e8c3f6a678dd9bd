import type { LanguageModel } from '@tandem/providers'
import { AppError } from '@tandem/schemas'
import { resolveModel } from '../default-model/resolve-model.ts'
import type { Deps } from '../deps.ts'
import type { Turn, TurnOptions } from './turn.ts'

type Relay = NonNullable<LanguageModel['relay']>

/** Whose request it is. */
export type Caller = Pick<Turn, 'requestId' | 'principal'>

/** The model for an endpoint that exists only as a relay. @throws AppError where there is no such model */
export async function resolveRelay(
  name: string | null | undefined,
  deps: Deps,
  options: TurnOptions & Caller,
): Promise<{ relay: Relay; modelId: string }> {
  const asked = name ?? deps.config.defaultModel
  if (!asked) {
    throw new AppError('missing_parameter', {
      message: "Missing required parameter: 'model'.",
      param: 'model',
    })
  }
  const resolved = await resolveModel({ model: asked, isDefault: !name }, deps, options)
  const model = deps.promptLog?.wrap(resolved, options) ?? resolved
  options.observe({ provider: model.provider, model: model.id })
  if (!model.relay) {
    throw new AppError('unsupported_parameter', {
      message: `The model '${asked.slice(0, 200)}' only chats: use POST /v1/chat/completions, or another model.`,
      param: 'model',
    })
  }
  return { relay: model.relay.bind(model), modelId: model.id }
}
