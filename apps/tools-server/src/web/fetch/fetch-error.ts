import { AppError } from '@tandem/schemas'

/** Any failure of a fetch as one that a model can read; none names an address or a port that was found closed. */
export function toFetchError(
  error: unknown,
  { timedOut, timeoutMs }: { timedOut: boolean; timeoutMs: number },
): AppError {
  const refused = findAppError(error)
  if (refused) return refused
  if (timedOut) {
    return new AppError('page_unreachable', {
      message: `The page took longer than ${timeoutMs / 1000} s.`,
      cause: error,
    })
  }
  const message = messages[codeOf(error)] ?? 'The page cannot be reached.'
  return new AppError('page_unreachable', { message, cause: error })
}

/** A refusal of the guard arrives as the error of a connection, or as the cause of one. */
function findAppError(error: unknown): AppError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at instanceof AppError) return at
    const inner = at instanceof AggregateError ? at.errors.find((e) => e instanceof AppError) : null
    if (inner instanceof AppError) return inner
  }
  return undefined
}

const messages: Readonly<Record<string, string>> = {
  ENOTFOUND: 'No server of that name can be found: it does not exist, or the network is off.',
  EAI_AGAIN: 'The name of the server cannot be looked up: the network may be off.',
  ENETUNREACH: 'The network cannot be reached: it may be off.',
  ECONNREFUSED: 'The server refused the connection.',
  UND_ERR_CONNECT_TIMEOUT: 'The server does not answer.',
  UND_ERR_HEADERS_TIMEOUT: 'The server does not answer.',
  UND_ERR_HEADERS_OVERFLOW: 'The server sent more headers than are read.',
  CERT_HAS_EXPIRED: "The server's certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The server's certificate is signed by nobody else.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The server's certificate is for another name.",
  Z_DATA_ERROR: 'The page is packed in a damaged way.',
  Z_BUF_ERROR: 'The page is packed in a damaged way.',
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
