import { z } from 'zod'
import {
  AppError,
  changeError,
  errorTable,
  type AppErrorOptions,
  type ErrorCode,
  type ErrorType,
} from '@tandem/schemas'

const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
])

/** A connection's fault as one of ours. `answering`: the head of the answer had come, so money may be spent. */
export function toTransportError(cause: unknown, answering: boolean): AppError {
  const code = codeOf(cause)
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new AppError('upstream_timeout', {
      message: 'The model provider took too long to connect.',
      cause,
    })
  }
  if (unreachable.has(code)) return new AppError('upstream_unreachable', { cause })
  if (isProtocolError(cause))
    return new AppError('upstream_invalid_response', { cause, spent: answering })
  if (/CERT|SSL|TLS|ALTNAME/.test(code)) {
    return new AppError('upstream_unreachable', {
      message: 'The model provider has a TLS certificate that is refused.',
      cause,
    })
  }
  if (answering) return new AppError('upstream_interrupted', { cause, spent: true })
  return new AppError('upstream_interrupted', {
    message: 'The model provider closed the connection without an answer.',
    remedy: 'Try again.',
    cause,
  })
}

/** undici's parser gives its errors a code only sometimes. */
function isProtocolError(thrown: unknown): boolean {
  return codeOf(thrown).startsWith('HPE_') || (thrown as Error | null)?.name === 'HTTPParserError'
}

function codeOf(thrown: unknown): string {
  const { code, errors } = (thrown ?? {}) as { code?: unknown; errors?: unknown[] }
  if (typeof code === 'string') return code
  // Happy-eyeballs: several addresses, several reasons.
  return errors?.[0] === undefined ? '' : codeOf(errors[0])
}

const errorSchema = z.union([
  z.looseObject({
    error: z.looseObject({
      message: z.string(),
      code: z.unknown().optional(),
      type: z.unknown().optional(),
      param: z.string().nullish(),
    }),
  }),
  z.looseObject({ error: z.string() }),
  z.looseObject({ detail: z.string() }),
  z.looseObject({ detail: z.array(z.looseObject({ msg: z.string() })) }),
  z.looseObject({ message: z.string() }),
])

/** What an upstream says about its failure, whatever its dialect says it in. */
export interface UpstreamComplaint {
  message: string
  code?: string | undefined
  type?: ErrorType | undefined
  param?: string | undefined
}

/** Reads OpenAI's shape, `{error: "…"}` (Ollama, LM Studio), `{detail}` (FastAPI) and `{message}`; else nothing. */
export function parseComplaint(body: string): UpstreamComplaint | undefined {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return undefined
  }
  const parsed = errorSchema.safeParse(json)
  if (!parsed.success) return undefined
  const { error, detail, message } = parsed.data as {
    error?: string | { message: string; code?: unknown; type?: unknown; param?: string | null }
    detail?: string | { msg: string }[]
    message?: string
  }
  if (Array.isArray(detail)) return { message: detail.map(({ msg }) => msg).join('; ') }
  if (typeof error !== 'object') return { message: error ?? detail ?? message ?? '' }
  return {
    message: error.message,
    code: typeof error.code === 'string' && error.code ? error.code : undefined,
    type: isErrorType(error.type) ? error.type : undefined,
    param: error.param ?? undefined,
  }
}

const errorTypes: ReadonlySet<unknown> = new Set(Object.values(errorTable).map(({ type }) => type))

/** Servers put class names and worse there; clients know only OpenAI's. */
function isErrorType(type: unknown): type is ErrorType {
  return errorTypes.has(type)
}

/**
 * How providers say that a prompt is too long: llama.cpp, OpenAI, vLLM, SGLang, TGI, LM Studio, Ollama, OpenRouter, xAI,
 * Cohere, Kimi, Z.ai, Qwen, GitHub, Perplexity. None may match where a shorter prompt would not help, as with too large a
 * `max_tokens`.
 */
const contextPatterns = [
  /context_length_exceeded/i,
  /maximum context length/i,
  /exceeds? (the |its )?(available |maximum |model('?s)? )?context/i,
  /exceed_context_size/i,
  /context (size|window|length|limit).{0,40}(exceed|too (small|long)|overflow)/i,
  /context the overflows/i,
  /longer than the ((maximum )?model|model's context) length/i,
  /prompt (is )?too long/i,
  /prompt is greater than the context length/i,
  /prompt exceeds max(imum)? length/i,
  /prompt token count of .{0,20}exceeds the limit/i,
  /maximum prompt length is/i,
  /(loaded with (a )?context length of|context length is) only/i,
  /reached context length of/i,
  /exceeded model token limit/i,
  /too many tokens: (total|size)/i,
  /range of input length should be/i,
  /inputs`? tokens \+ `?max_new_tokens`? must be/i,
  /`?inputs`? must have less than \d+ tokens/i,
  /tokens_limit_reached/i,
  /'(input|prompt|messages\[\d+\]\.content)(\[\d+\]\.text)?': string too long/i,
  /input (length|tokens?|is)\b.{0,30}(exceeds?|too long)/i,
]

/** Tokens of many requests, not of one. */
const rateLimit = /rate[ _-]?limit|per[ -](min(ute)?|hour|day|month)\b|\b[TR]P[MD]\b/i

function saysTooLong({ status, body, spent }: UpstreamFailure): boolean {
  // llama.cpp says it with a 500, and so do proxies; in the middle of an answer it is not the prompt that was too long.
  if (status > 500 || (status === 500 && spent) || rateLimit.test(body)) return false
  if (status === 413 && body.includes('request_too_large')) return true
  return contextPatterns.some((pattern) => pattern.test(body))
}

export interface UpstreamFailure {
  status: number
  retryAfter?: string | undefined
  body: string
  /** Never to be seen in what we say. */
  secret?: string | undefined
  /** Part of the answer had come. */
  spent?: boolean
}

/**
 * An upstream's non-2xx answer (or an error inside a 2xx) as one of ours: whose fault it is decides the status. What it says
 * is told whole, without advice of ours behind it.
 */
export function toUpstreamError(failure: UpstreamFailure): AppError {
  const { status, retryAfter, body, secret, spent = false } = failure
  const complaint = parseComplaint(body)
  const said = redact(complaint?.message ?? '', secret)
  const details = { upstreamStatus: status, upstreamBody: redact(body.slice(0, 2000), secret) }
  const code = codeFor(failure, complaint !== undefined)
  const isTold = said !== '' && !untold.has(code) && !hidden.has(status)
  return new AppError(code, {
    details,
    spent,
    retryAfterMs: parseRetryAfter(retryAfter),
    ...(isTold ? { message: `${prefixes[code] ?? ''}${said}` } : { message: withoutWords[code] }),
    ...(isTold && code !== 'upstream_credentials' && { ...wordsOf(complaint, code), remedy: '' }),
    ...(callersFaults.has(code) && { status }),
  })
}

/** 401 and 407: what is said there may hold pieces of our key. */
const hidden: ReadonlySet<number> = new Set([401, 407])
const untold: ReadonlySet<ErrorCode> = new Set(['upstream_timeout', 'upstream_invalid_response'])
const callersFaults: ReadonlySet<ErrorCode> = new Set([
  'rate_limit_exceeded',
  'model_not_found',
  'invalid_request',
])

/** Else it would read as if it were ours. */
const prefixes: Partial<Record<ErrorCode, string>> = {
  upstream_credentials: 'The model provider refused the gateway: ',
  upstream_error: 'The model provider failed: ',
}

/** Where the provider says nothing that can be read. */
const withoutWords: Partial<Record<ErrorCode, string>> = {
  rate_limit_exceeded: 'The model provider takes no more requests for now.',
}

/** What clients go by. A prompt that is too long is told by our code alone, as each server has another. */
function wordsOf(complaint: UpstreamComplaint | undefined, code: ErrorCode): AppErrorOptions {
  if (code === 'context_length_exceeded') return {}
  const { param, code: publicCode, type } = complaint ?? {}
  return callersFaults.has(code) ? { param, publicCode, type } : { publicCode }
}

function codeFor(failure: UpstreamFailure, isReadable: boolean): ErrorCode {
  const { status } = failure
  if (status === 401 || status === 403 || status === 402 || status === 407)
    return 'upstream_credentials'
  if (saysTooLong(failure)) return 'context_length_exceeded'
  if (status === 429) return 'rate_limit_exceeded'
  if (status === 408 || status === 504) return 'upstream_timeout'
  if (!isReadable && status < 500) return 'upstream_invalid_response'
  if (status === 404) return 'model_not_found'
  return status >= 400 && status < 500 ? 'invalid_request' : 'upstream_error'
}

/** What OpenAI's codes would have been told with. */
const statusOfCode: Readonly<Record<string, number>> = {
  context_length_exceeded: 400,
  model_not_found: 404,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
}

/** An error inside a 2xx answer; OpenRouter puts the status that it should have had into `code`. */
export function toErrorInside(
  body: string,
  { secret, spent }: Pick<UpstreamFailure, 'secret' | 'spent'>,
): AppError {
  const { error } = JSON.parse(body) as { error?: { code?: unknown } }
  const code = Number(error?.code)
  const isStatus = Number.isInteger(code) && code >= 400 && code < 600
  const status = isStatus ? code : (statusOfCode[String(error?.code)] ?? 500)
  return toUpstreamError({ status, body, secret, ...(spent ? { spent } : undefined) })
}

const subject = 'The model provider'

/**
 * The same error, told of a provider by its name: who has several, or named no model, could not tell which of them it was.
 * What else was thrown stays as it is.
 */
export function nameProvider(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof AppError)) return thrown
  const { message } = thrown
  const named = `${subject} '${name}'`
  if (!message.startsWith(subject) || message.startsWith(named)) return thrown
  return changeError(thrown, { message: named + message.slice(subject.length) })
}

/** Text as it may be told or logged. */
function redact(text: string, secret: string | undefined): string {
  const known = secret ? text.replaceAll(secret, '[redacted]') : text
  return known.replaceAll(/\b(sk|pk|gsk|key)-[\w-]{8,}/g, '[redacted]')
}

/** Seconds or an HTTP date, as milliseconds from now. */
function parseRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}
