import type { Response } from 'express'
import { addLogFields, createSseWriter, reportTo } from '@tandem/http'
import type { RelayResponse } from '@tandem/providers'
import { AppError, toAppError } from '@tandem/schemas'
import type { TurnFacts } from '../../chat/turn.ts'
import type { Deps } from '../../deps.ts'

/**
 * Sends a stream of whole SSE events, as fast as the client takes them. `start` may still fail with a real status while
 * nothing was sent; once headers are out (after the first event, or 10 s of waiting) a failure is one error event.
 */
export async function sendStream(
  res: Response,
  deps: Deps,
  start: () => Promise<AsyncIterable<string | Buffer>>,
): Promise<void> {
  const writer = createSseWriter(res, { keepaliveMs: deps.keepaliveMs })
  try {
    for await (const events of await start()) {
      const drained = writer.write(events)
      if (drained) await drained
    }
    writer.end()
  } catch (thrown) {
    const error = toAppError(thrown)
    if (!res.headersSent) throw error
    if (error.code !== 'cancelled') reportTo(deps.logger)(error, res)
    writer.fail(error)
  }
}

/** @throws AppError where a provider relayed a stream though none was asked for. */
export function toWhole(response: RelayResponse): Buffer {
  if (response.kind === 'whole') return response.body
  throw new AppError('internal_error', { message: 'A whole answer was asked for.' })
}

/** @throws AppError where a provider relayed no stream though one was asked for. */
export function toStream(response: RelayResponse): AsyncIterable<Buffer> {
  if (response.kind === 'stream') return response.body
  throw new AppError('internal_error', { message: 'A stream was asked for.' })
}

/** What the turn tells of itself goes into the request's log line. */
export function observeInto(res: Response): (facts: TurnFacts) => void {
  return ({ provider, model, usage }) =>
    addLogFields(res, {
      ...(provider ? { provider, model } : undefined),
      ...(usage
        ? { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens }
        : undefined),
    })
}
