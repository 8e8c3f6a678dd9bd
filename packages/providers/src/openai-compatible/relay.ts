import { AppError } from '@tandem/schemas'
import type { ByteStream } from '../byte-stream.ts'
import type { CallOptions, RelayRequest, RelayResponse } from '../types.ts'
import type { Endpoint } from './endpoint.ts'
import { largeFrom } from './in-turns.ts'
import { splice, spliceInTurns, type Edits } from './splice.ts'
import type { UpstreamRequest, UpstreamResponse, WholeResponse } from './transport.ts'
import { failOnErrorEvents } from './error-events.ts'
import { nameProvider, parseComplaint, toErrorInside, toUpstreamError } from './upstream-errors.ts'
import { readAll } from './whole-body.ts'
import { wholeEvents } from './whole-events.ts'

const maxErrorBytes = 256 * 1024
const maxJsonBytes = 256 * 2 ** 20

/**
 * The fast lane: the caller's bytes to the upstream and the upstream's bytes back. Only the model's name and the fields
 * in `set` and `remove` are touched. A JSON answer is read whole first, so that one that breaks off is a clean error.
 */
export async function relay(
  endpoint: Endpoint & { modelId: string },
  request: RelayRequest,
  options: CallOptions,
): Promise<RelayResponse> {
  const toSend: UpstreamRequest = {
    method: 'POST',
    path: request.endpoint,
    headers: endpoint.headers(request.requestId),
    body: await toBody(request, endpoint.modelId),
  }
  try {
    return request.stream
      ? { kind: 'stream', body: await openStream(endpoint, toSend, options) }
      : { kind: 'whole', body: await readWhole(endpoint, toSend, options) }
  } catch (error) {
    throw nameProvider(error, endpoint.name)
  }
}

async function openStream(
  { transport, secret }: Endpoint,
  toSend: UpstreamRequest,
  options: CallOptions,
): Promise<ByteStream> {
  const events = await toEvents(await transport.send(toSend, options), secret)
  return events.through(failOnErrorEvents(secret))
}

/** An answer as whole SSE events. @throws AppError for a refusal, and for an answer that is no stream */
export async function toEvents(
  response: UpstreamResponse,
  secret: string | undefined,
): Promise<ByteStream> {
  if (!isOk(response)) await throwStatus(response, secret)
  const contentType = String(response.headers['content-type'] ?? '')
  if (!contentType.startsWith('text/event-stream')) return throwNoStream(response, secret)
  return response.body.through(wholeEvents())
}

async function readWhole(
  { transport, secret }: Endpoint,
  toSend: UpstreamRequest,
  { signal }: CallOptions,
): Promise<Buffer> {
  const response = await transport.sendWhole(toSend, { signal, limitBytes })
  const { body, headers } = response
  if (!isOk(response)) throwRefusal(response, secret)
  assertJsonObject(body, headers)
  throwErrorInside(body, secret)
  return body
}

function limitBytes(status: number): number {
  return isOk({ status }) ? maxJsonBytes : maxErrorBytes
}

function isLarge({ body, set }: RelayRequest): boolean {
  return body.length >= largeFrom || (set['messages']?.length ?? 0) >= largeFrom
}

function toBody(request: RelayRequest, modelId: string): Buffer | Promise<Buffer> {
  const edits = toEdits(request, modelId)
  if (!edits) return request.body
  return isLarge(request) ? spliceInTurns(request.body, edits) : splice(request.body, edits)
}

/** Undefined where the body goes as it is. */
function toEdits({ set, remove, model }: RelayRequest, modelId: string): Edits | undefined {
  const edits = model === modelId ? set : { ...set, model: JSON.stringify(modelId) }
  const isUntouched = remove.length === 0 && Object.keys(edits).length === 0
  return isUntouched ? undefined : { set: edits, remove }
}

export function isOk({ status }: Pick<UpstreamResponse, 'status'>): boolean {
  return status >= 200 && status < 300
}

/** What an upstream says with any status but 2xx, as an AppError. */
export async function throwStatus(
  response: UpstreamResponse,
  secret: string | undefined,
): Promise<never> {
  throwRefusal({ ...response, body: await readAll(response.body, maxErrorBytes) }, secret)
}

function throwRefusal({ status, headers, body }: WholeResponse, secret: string | undefined): never {
  const retryAfter = headers['retry-after']
  throw toUpstreamError({
    status,
    body: body.toString('utf8'),
    secret,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
  })
}

/** A stream was asked for and something else came: an error with status 200, or a wrong base URL. */
async function throwNoStream(
  response: UpstreamResponse,
  secret: string | undefined,
): Promise<never> {
  const bytes = await readAll(response.body, maxErrorBytes)
  throwErrorInside(bytes, secret)
  throw new AppError('upstream_invalid_response', {
    message: 'The model provider answered a request for a stream with something else.',
    details: describe(bytes, response.headers),
  })
}

type Headers = UpstreamResponse['headers']

/** For the log, which must not hold an answer's text. */
function describe(bytes: Buffer, headers: Headers): Record<string, unknown> {
  return { contentType: headers['content-type'], bytes: bytes.length }
}

/**
 * Cheap marks of an object instead of a parse, but where nothing in HTTP would tell that the answer was cut: a body that
 * ends with its connection.
 */
function assertJsonObject(bytes: Buffer, headers: Headers): void {
  const start = bytes.toString('latin1', 0, 64).trimStart()
  const end = bytes.toString('latin1', Math.max(0, bytes.length - 64)).trimEnd()
  const isFramed = 'content-length' in headers || 'transfer-encoding' in headers
  if (start.startsWith('{') && end.endsWith('}') && (isFramed || isJson(bytes))) return
  throw new AppError('upstream_invalid_response', {
    ...(start.startsWith('{') && cutOff),
    details: describe(bytes, headers),
  })
}

/** Where the address is right: it began as an answer does. */
const cutOff = {
  message: 'The model provider cut its answer off: the JSON does not end.',
  remedy: 'Try again.',
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'))
    return true
  } catch {
    return false
  }
}

/** An error with status 200 (OpenRouter, LM Studio) is an error. */
function throwErrorInside(bytes: Buffer, secret: string | undefined): void {
  if (!/^\s*\{\s*"error"/.test(bytes.toString('latin1', 0, 64))) return
  const body = bytes.toString('utf8')
  if (parseComplaint(body)) throw toErrorInside(body, { secret })
}
