import { z } from 'zod'
import { AppError, type Model } from '@tandem/schemas'
import type { CallOptions } from '../types.ts'
import type { Endpoint } from './endpoint.ts'
import { isOk, throwStatus } from './relay.ts'
import { readAll } from './whole-body.ts'

const length = z.number().int().positive().nullish().catch(undefined)

/** What the dialect's servers say of a model: vLLM, OpenRouter, LM Studio and llama.cpp each name lengths their own way. */
const upstreamModelSchema = z.looseObject({
  id: z.string().min(1),
  created: z.number().int().nullish().catch(undefined),
  context_length: length,
  max_context_length: length,
  max_model_len: length,
  max_output_tokens: length,
  top_provider: z.looseObject({ max_completion_tokens: length }).nullish().catch(undefined),
  meta: z.looseObject({ n_ctx: length, n_ctx_train: length }).nullish().catch(undefined),
})

const upstreamListSchema = z.object({ data: z.array(upstreamModelSchema) })

/** @throws AppError `upstream_*` */
export async function listModels(endpoint: Endpoint, options: CallOptions): Promise<Model[]> {
  const response = await endpoint.transport.send(
    { method: 'GET', path: 'models', headers: endpoint.headers() },
    options,
  )
  if (!isOk(response)) await throwStatus(response, endpoint.secret)
  const body = await readAll(response.body, 16 * 2 ** 20)
  return parseList(body.toString('utf8')).map((model) => toModel(model, endpoint.name))
}

function parseList(body: string): z.infer<typeof upstreamModelSchema>[] {
  try {
    return upstreamListSchema.parse(JSON.parse(body)).data
  } catch (cause) {
    throw new AppError('upstream_invalid_response', { cause })
  }
}

function toModel(model: z.infer<typeof upstreamModelSchema>, owner: string): Model {
  const contextLength =
    model.context_length ??
    model.max_context_length ??
    model.max_model_len ??
    model.meta?.n_ctx ??
    model.meta?.n_ctx_train
  const maxOutput = model.max_output_tokens ?? model.top_provider?.max_completion_tokens
  return {
    id: model.id,
    object: 'model',
    created: model.created ?? 0,
    owned_by: owner,
    ...(contextLength ? { context_length: contextLength } : undefined),
    ...(maxOutput ? { max_output_tokens: maxOutput } : undefined),
  }
}
