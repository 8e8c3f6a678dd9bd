import type { Response } from 'express'
import { addLogFields, createSseWriter, reportTo, type SseWriter } from '@tandem/http'
import type { ByteStream, RelayResponse } from '@tandem/providers'
import { AppError, toAppError } from '@tandem/schemas'
import type { TurnFacts } from '../../chat/turn.ts'
import type { Deps } from '../../deps.ts'
import { noteStreamFailure, trackUsage } from '../../usage/track-usage.ts'

/**
 * Sends a stream of whole SSE events, as fast as the client takes them. `start` may still fail with a real status while
 * nothing was sent; once headers are out (after the first event, or 10 s of waiting) a failure is one error event.
 */
export async function sendStream(
  res: Response,
  deps: Deps,
  start: () => Promise<ByteStream | AsyncIterable<string>>,
): Promise<void> {
  deps.streamSlots.hold(res)
  const writer = createSseWriter(res, { keepaliveMs: deps.keepaliveMs })
  try {
    const stream = await start()
    if ('pipeTo' in stream) await stream.pipeTo(writer)
    else await writeEach(stream, writer)
    writer.end()
  } catch (thrown) {
    const error = toAppError(thrown)
    if (!res.headersSent) throw error
    if (error.code !== 'cancelled') reportTo(deps.logger)(error, res)
    noteStreamFailure(res, error.status)
    writer.fail(error)
  }
}

async function writeEach(stream: AsyncIterable<string>, writer: SseWriter): Promise<void> {
  for await (const events of stream) {
    const drained = writer.write(events)
    if (drained) await drained
  }
}

/** @throws AppError where a provider relayed a stream though none was asked for. */
export function toWhole(response: RelayResponse): Buffer {
  if (response.kind === 'whole') return response.body
  throw new AppError('internal_error', { message: 'A whole answer was asked for.' })
}

/** @throws AppError where a provider relayed no stream though one was asked for. */
export function toStream(response: RelayResponse): ByteStream {
  if (response.kind === 'stream') return response.body
  throw new AppError('internal_error', { message: 'A stream was asked for.' })
}

/** What the turn tells of itself goes into the request's log line and into its user's usage. */
export function observeInto(res: Response, deps: Deps): (facts: TurnFacts) => void {
  const track = trackUsage(res, deps)
  return (facts) => {
    track(facts)
    if (facts.answer !== undefined) return
    const { provider, model, usage } = facts
    if (provider) addLogFields(res, { provider, model })
    if (usage) {
      const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = usage
      addLogFields(res, { promptTokens, completionTokens })
    }
  }
}
