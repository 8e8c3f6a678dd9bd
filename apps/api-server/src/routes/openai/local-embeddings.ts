/** `local/all-MiniLM-L6-v2`, the embedding model of the tools server: weights and work are there. */
import {
  AppError,
  type EmbeddingsRequest,
  type EmbeddingsResponse,
  type Model,
} from '@tandem/schemas'
import type { Caller } from '../../chat/resolve-relay.ts'
import type { TurnOptions } from '../../chat/turn.ts'
import type { Deps } from '../../deps.ts'
import { estimateInput } from '../../usage/estimate.ts'

const bareName = 'all-MiniLM-L6-v2'
const localModel = `local/${bareName}`

export function isLocalEmbedding({ model }: EmbeddingsRequest): boolean {
  return model === localModel || model === bareName
}

/** @throws AppError `model_not_found` where it has no weights, `tools_unavailable`, `unsupported_parameter` */
export async function embedLocally(
  request: EmbeddingsRequest,
  { toolsServer }: Pick<Deps, 'toolsServer'>,
  { principal, observe, signal }: TurnOptions & Caller,
): Promise<EmbeddingsResponse> {
  const { encoding_format, dimensions } = request
  observe({ provider: 'local', model: bareName, prompt: () => estimateInput(request.input) })
  const input = toTexts(request.input)
  const answer = await toolsServer.embeddings.create(
    { sub: principal.userId },
    { input, encoding_format, dimensions },
    { signal },
  )
  observe({ usage: { ...answer.usage, completion_tokens: 0 } })
  return { ...answer, model: request.model ?? localModel }
}

function toTexts(input: EmbeddingsRequest['input']): string[] {
  const texts = [input].flat(1)
  if (texts.every((text) => typeof text === 'string')) return texts
  throw new AppError('unsupported_parameter', {
    message: `${localModel} embeds text: token ids of another model's tokenizer mean nothing to it. Send strings.`,
    param: 'input',
  })
}

/** So that a list of models does not wait for a tools server that is down. */
const patienceMs = 1000

/** The model, where the tools server can serve it. */
export async function listLocalModels(
  { toolsServer }: Pick<Deps, 'toolsServer'>,
  { signal }: { signal: AbortSignal },
): Promise<Model[]> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  return toolsServer.embeddings.models({ sub: 'models' }, { signal: patience }).catch(() => [])
}
