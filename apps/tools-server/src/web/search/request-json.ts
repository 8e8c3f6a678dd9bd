import { request, type Dispatcher } from 'undici'
import type { z } from 'zod'
import { failedAt } from './search-error.ts'

export interface JsonRequest<Schema extends z.ZodType> {
  provider: string
  url: URL
  headers?: Record<string, string>
  schema: Schema
  /** Throws what a status other than 200 means to this provider; what it lets pass has failed. */
  refuse(status: number): void
}

const timeoutMs = 10_000
const maxBytes = 4 * 2 ** 20

/** Asks a provider's HTTP API. @throws AppError `search_failed`, or what `refuse` throws. */
export async function requestJson<Schema extends z.ZodType>(
  { provider, url, headers, schema, refuse }: JsonRequest<Schema>,
  { signal }: { signal: AbortSignal },
): Promise<z.output<Schema>> {
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    const response = await request(url, {
      headers: { accept: 'application/json', ...headers },
      signal: AbortSignal.any([signal, deadline]),
    })
    const text = await readText(response.body)
    if (response.statusCode !== 200) {
      refuse(response.statusCode)
      throw failedAt(provider, `it answered with status ${response.statusCode}.`, {
        status: response.statusCode >= 500 ? 502 : response.statusCode,
      })
    }
    return schema.parse(JSON.parse(text))
  } catch (error) {
    signal.throwIfAborted()
    throw toSearchError(provider, error, deadline.aborted)
  }
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > maxBytes) throw new Error('The answer is too long.')
  }
  return Buffer.concat(chunks).toString()
}

function toSearchError(provider: string, error: unknown, timedOut: boolean): unknown {
  if (error instanceof Error && error.name === 'AppError') return error
  if (timedOut) return failedAt(provider, 'it did not answer in time.', { cause: error })
  const isAnswer = error instanceof SyntaxError || (error as Error).name === 'ZodError'
  const why = isAnswer ? 'its answer cannot be understood.' : 'it cannot be reached.'
  return failedAt(provider, why, { cause: error })
}
