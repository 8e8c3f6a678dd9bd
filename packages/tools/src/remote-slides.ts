import {
  AppError,
  slidesResultSchema,
  toolProgressSchema,
  type ServiceClaims,
  type SlidesResult,
  type ToolProgress,
} from '@tandem/schemas'
import type { Connection } from './connection.ts'
import { callHttp, toRefusal } from './remote-http.ts'
import { readEvents } from './sse.ts'
import type { ModelsAccess } from './types.ts'

export interface SlidesClient {
  /**
   * Makes a deck for a user, and yields what is being done. The request goes as it is: the tools server checks it.
   * @throws AppError what the tools server refuses, as it says it; `tools_unavailable` where it cannot be reached or breaks off
   */
  make(
    claims: ServiceClaims,
    call: { request: Record<string, unknown>; models: ModelsAccess },
    options: { signal: AbortSignal },
  ): AsyncGenerator<ToolProgress, SlidesResult>
}

export function createSlidesClient(connection: Connection): SlidesClient {
  return {
    async *make(claims, { request, models }, { signal }) {
      const access = { base_url: models.baseUrl, token: models.token }
      const headers = { 'content-type': 'application/json', accept: 'text/event-stream' }
      const body = JSON.stringify({ request, models: access })
      const call = { method: 'POST', path: '/slides', claims, headers, body } as const
      const response = await callHttp(connection, call, signal)
      try {
        return yield* readSlides(response.body)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof AppError) throw error
        throw new AppError('tools_unavailable', { cause: error })
      }
    },
  }
}

/** Reads to the end also after the result, so that the connection can be used again. */
async function* readSlides(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<ToolProgress, SlidesResult> {
  let result: SlidesResult | undefined
  for await (const { event, data } of readEvents(body)) {
    if (event === 'progress') yield toolProgressSchema.parse(JSON.parse(data))
    else if (event === 'result') result = slidesResultSchema.parse(JSON.parse(data))
    else throw toRefusal(500, data)
  }
  if (!result) throw new Error('The stream ended without a result.')
  return result
}
