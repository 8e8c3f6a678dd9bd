import { z } from 'zod'
import { AppError, type ErrorCode } from '@tandem/schemas'

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
      message: "The model provider's TLS certificate is refused.",
      cause,
    })
  }
  return new AppError('upstream_interrupted', { cause, spent: answering })
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
    error?: string | { message: string; code?: unknown; param?: string | null }
    detail?: string | { msg: string }[]
    message?: string
  }
  if (Array.isArray(detail)) return { message: detail.map(({ msg }) => msg).join('; ') }
  if (typeof error !== 'object') return { message: error ?? detail ?? message ?? '' }
  return {
    message: error.message,
    code: typeof error.code === 'string' ? error.code : undefined,
    param: error.param ?? undefined,
  }
}

/** How providers say that a prompt is too long: llama.cpp, OpenAI, vLLM, LM Studio, Ollama, OpenRouter. */
const contextPatterns = [
  /context_length_exceeded/i,
  /maximum context length/i,
  /exceeds? (the |its )?(available |maximum |model'?s )?context/i,
  /exceed_context_size/i,
  /context (size|window|length|limit).{0,40}(exceed|too (small|long)|overflow)/i,
  /context the overflows/i,
  /longer than the (maximum )?model length/i,
  /prompt is too long/i,
  /loaded with (a )?context length of only/i,
  /input (length|tokens?|is)\b.{0,30}(exceeds?|too long)/i,
]

export interface UpstreamFailure {
  status: number
  retryAfter?: string | undefined
  body: string
  /** Never to be seen in what we say. */
  secret?: string | undefined
  /** Part of the answer had come. */
  spent?: boolean
}

/** An upstream's non-2xx answer (or an error inside a 2xx) as one of ours: whose fault it is decides the status. */
export function toUpstreamError({
  status,
  retryAfter,
  body,
  secret,
  spent = false,
}: UpstreamFailure): AppError {
  const complaint = parseComplaint(body)
  const said = redact(complaint?.message ?? '', secret)
  const details = { upstreamStatus: status, upstreamBody: redact(body.slice(0, 2000), secret) }
  const retryAfterMs = parseRetryAfter(retryAfter)
  const build = (
    code: ErrorCode,
    more: { message?: string | undefined; status?: number } = {},
  ): AppError =>
    new AppError(code, { message: said || undefined, details, retryAfterMs, spent, ...more })

  if (status === 401 || status === 403 || status === 402 || status === 407) {
    return new AppError('upstream_credentials', { details, spent })
  }
  if (contextPatterns.some((pattern) => pattern.test(body)) && status < 500) {
    return build('context_length_exceeded')
  }
  if (status === 429) return callersFault('rate_limit_exceeded')
  if (status === 408 || status === 504) return build('upstream_timeout', { message: undefined })
  if (!complaint && status < 500) return new AppError('upstream_invalid_response', { details })
  if (status === 404) return callersFault('model_not_found')
  if (status >= 400 && status < 500) return callersFault('invalid_request')
  return build('upstream_error', {
    message: said ? `The model provider failed: ${said}` : undefined,
  })

  function callersFault(code: ErrorCode): AppError {
    const { param, code: publicCode } = complaint ?? {}
    return new AppError(code, {
      message: said || undefined,
      param,
      publicCode,
      status,
      details,
      retryAfterMs,
      spent,
    })
  }
}

/** An error inside a 2xx answer; OpenRouter puts the status that it should have had into `code`. */
export function toErrorInside(
  body: string,
  { secret, spent }: Pick<UpstreamFailure, 'secret' | 'spent'>,
): AppError {
  const { error } = JSON.parse(body) as { error?: { code?: unknown } }
  const code = Number(error?.code)
  const status = Number.isInteger(code) && code >= 400 && code < 600 ? code : 500
  return toUpstreamError({ status, body, secret, ...(spent ? { spent } : undefined) })
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
