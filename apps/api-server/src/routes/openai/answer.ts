import type { Response } from 'express'
import { addLogFields, createSseWriter, reportTo, setProcessingTime } from '@tandem/http'
import { toAppError } from '@tandem/schemas'
import type { TurnFacts } from '../../chat/turn.ts'
import type { Deps } from '../../deps.ts'

/** Up to this many bytes a body goes out as one string with its head: one write instead of a vector of two. */
const oneWriteBytes = 32 * 1024

/** Sends a body of JSON bytes, as they are: latin1 maps each byte to one character and back. */
export function sendJson(res: Response, body: Buffer | object): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
  setProcessingTime(res)
  res.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
  })
  if (bytes.length <= oneWriteBytes) res.end(bytes.toString('latin1'), 'latin1')
  else res.end(bytes)
}

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
