import type { RequestHandler } from 'express'
import { contextOf, parseLargeJsonObject, readBody, sendJson } from '@tandem/http'
import type { RelayResponse } from '@tandem/providers'
import { completionsRequestSchema, parseInput } from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import { resolveRelay } from '../../chat/resolve-relay.ts'
import { tap } from '../../chat/relay-turn.ts'
import type { Deps } from '../../deps.ts'
import { estimateInput } from '../../usage/estimate.ts'
import { observeInto, sendStream, toStream, toWhole } from './answer.ts'

/** `POST /v1/completions`, the legacy endpoint: relayed to providers that have it. */
export function completions(deps: Deps): RequestHandler {
  return async (req, res) => {
    const body = await readBody(req, deps.config.bodyLimitMb * 2 ** 20)
    const request = parseInput(
      completionsRequestSchema,
      await parseLargeJsonObject(body, deps.config.maxJsonDepth),
    )
    const { requestId, signal } = contextOf(res)
    const observe = observeInto(res, deps)
    const stream = request.stream ?? false
    const withholdUsage = stream && request.stream_options?.include_usage !== true
    const start = async (): Promise<RelayResponse> => {
      const principal = principalOf(res)
      const options = { signal, observe, requestId, principal }
      const { relay } = await resolveRelay(request.model, deps, options)
      observe({ prompt: () => estimateInput(request.prompt) })
      const response = await relay(
        {
          endpoint: 'completions',
          body,
          model: request.model ?? undefined,
          stream,
          set: withholdUsage
            ? { stream_options: JSON.stringify({ ...request.stream_options, include_usage: true }) }
            : {},
          remove: [],
          requestId,
        },
        { signal },
      )
      return tap(response, { withholdUsage, observe })
    }
    if (stream) await sendStream(res, deps, async () => toStream(await start()))
    else sendJson(res, toWhole(await start()))
  }
}
