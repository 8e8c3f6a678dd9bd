import type { RequestHandler } from 'express'
import { contextOf, parseLargeJsonObject, readBody, sendJson } from '@tandem/http'
import { embeddingsRequestSchema, parseInput } from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import { tap } from '../../chat/relay-turn.ts'
import { resolveRelay } from '../../chat/resolve-relay.ts'
import type { Deps } from '../../deps.ts'
import { estimateInput } from '../../usage/estimate.ts'
import { observeInto, toWhole } from './answer.ts'
import { embedLocally, isLocalEmbedding } from './local-embeddings.ts'
import { toAskedEncoding } from './embedding-encoding.ts'

/** `POST /v1/embeddings`: our own model's, or relayed; only an encoding or a length that the upstream ignored is put right. */
export function embeddings(deps: Deps): RequestHandler {
  return async (req, res) => {
    const body = await readBody(req, deps.config.bodyLimitMb * 2 ** 20)
    const request = parseInput(
      embeddingsRequestSchema,
      await parseLargeJsonObject(body, deps.config.maxJsonDepth),
    )
    const { requestId, signal } = contextOf(res)
    const observe = observeInto(res, deps)
    const principal = principalOf(res)
    const options = { signal, observe, requestId, principal }
    if (isLocalEmbedding(request)) {
      sendJson(res, await embedLocally(request, deps, options))
      return
    }
    const { relay } = await resolveRelay(request.model, deps, options)
    observe({ prompt: () => estimateInput(request.input) })
    const response = await relay(
      {
        endpoint: 'embeddings',
        body,
        model: request.model ?? undefined,
        stream: false,
        set: {},
        remove: [],
        requestId,
      },
      { signal },
    )
    const bytes = toWhole(tap(response, { withholdUsage: false, observe }))
    sendJson(res, toAskedEncoding(bytes, request))
  }
}
