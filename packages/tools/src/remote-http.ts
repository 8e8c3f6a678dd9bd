import { request, type Dispatcher } from 'undici'
import { z } from 'zod'
import {
  AppError,
  errorTable,
  parseInput,
  type ErrorCode,
  type ServiceClaims,
} from '@tandem/schemas'
import type { Connection } from './connection.ts'

export interface RemoteRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  claims: ServiceClaims
  headers?: Record<string, string>
  body?: Dispatcher.DispatchOptions['body']
}

/**
 * One request to the tools server, for a user. Its refusals are thrown as the errors they are, with the status they have.
 * @throws AppError `tools_unavailable` where it cannot be reached, breaks off or does not know our secret
 */
export async function callHttp(
  connection: Connection,
  { path, claims, method, headers, body }: RemoteRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const response = await orUnavailable(signal, () =>
    request(connection.url(path), {
      method,
      dispatcher: connection.dispatcher,
      headers: { authorization: `Bearer ${connection.token(claims)}`, ...headers },
      body: body ?? null,
      signal,
    }),
  )
  if (response.statusCode === 200) return response
  throw toRefusal(response.statusCode, await orUnavailable(signal, () => response.body.text()))
}

/** The same, for an answer in JSON. */
export async function callJson<Schema extends z.ZodType>(
  connection: Connection,
  { schema, ...call }: RemoteRequest & { schema: Schema },
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  const { body } = await callHttp(connection, call, signal)
  return orUnavailable(signal, async () => parseInput(schema, JSON.parse(await body.text())))
}

export const removedSchema = z.object({ deleted: z.literal(true) })

/** An id in a path. One of dots would lead elsewhere, to the whole collection say: nothing has such an id, nor this one. */
export function toSegment(id: string): string {
  return /^\.+$/.test(id) ? '-' : encodeURIComponent(id)
}

/** What comes after the question mark; undefined is left out. */
export function toQuery(query: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) params.set(key, String(value))
  }
  return params.toString()
}

async function orUnavailable<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    signal.throwIfAborted()
    // What the caller's own body throws (it was too large, say) is no fault of the tools server.
    if (cause instanceof AppError && cause.status < 500 && cause.code !== 'invalid_request')
      throw cause
    throw new AppError('tools_unavailable', { cause, retryAfterMs: 2000 })
  }
}

const refusalSchema = z.object({
  error: z.object({ message: z.string(), param: z.string().nullable(), code: z.string() }),
})

/** What the tools server says as an error. */
export function toRefusal(status: number, text: string): AppError {
  const parsed = refusalSchema.safeParse(parseJson(text))
  if (!parsed.success || !isKnown(parsed.data.error.code) || status === 401) {
    const cause = new Error(`The tools server answered ${status}: ${text.slice(0, 500)}`)
    return new AppError('tools_unavailable', { cause })
  }
  const { message, param, code } = parsed.data.error
  return new AppError(code as ErrorCode, { message, param: param ?? undefined })
}

function isKnown(code: string): boolean {
  return Object.hasOwn(errorTable, code)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
