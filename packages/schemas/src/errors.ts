/* oxlint-disable max-lines -- a table */
import { inspect } from 'node:util'

/** OpenAI's error types, the ones their SDKs know. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'server_error'

interface ErrorRow {
  readonly status: number
  readonly type: ErrorType
  readonly message: string
  readonly remedy: string
}

/**
 * The one table of error codes. The status says whose fault it is: the caller's (4xx), an upstream's or our
 * configuration's (502, 504), ours (500), a passing state of ours (503).
 */
export const errorTable = {
  invalid_request: row(400, 'invalid_request_error', 'The request is not valid.', ''),
  invalid_json: row(
    400,
    'invalid_request_error',
    'The body is not valid JSON.',
    'Send one JSON object.',
  ),
  missing_parameter: row(400, 'invalid_request_error', 'A required parameter is missing.', ''),
  unsupported_parameter: row(
    400,
    'invalid_request_error',
    'This parameter is not supported here.',
    '',
  ),
  context_length_exceeded: row(
    400,
    'invalid_request_error',
    "The prompt is longer than the model's context.",
    'Shorten the messages or choose a model with a longer context.',
  ),
  invalid_api_key: row(
    401,
    'authentication_error',
    'Incorrect API key provided.',
    'Send a valid key as "Authorization: Bearer <key>".',
  ),
  invalid_service_token: row(
    401,
    'authentication_error',
    'This server accepts only service tokens of the main API.',
    'Call the main API instead; if this came from it, check that SERVICE_SECRET is the same on both servers.',
  ),
  invalid_credentials: row(
    401,
    'authentication_error',
    'The username or the password is not right.',
    '',
  ),
  permission_denied: row(403, 'permission_error', 'You may not do this.', ''),
  signup_closed: row(
    403,
    'permission_error',
    'Sign-up is closed.',
    'Ask an administrator for an account; the operator can open it with SIGNUP=open.',
  ),
  origin_not_allowed: row(
    403,
    'permission_error',
    'This origin is not allowed.',
    'Add it to CORS_ORIGINS and restart.',
  ),
  not_found: row(404, 'not_found_error', 'There is nothing here.', 'See GET / for the endpoints.'),
  model_not_found: row(
    404,
    'not_found_error',
    'The model does not exist.',
    'GET /v1/models lists the models that can be used.',
  ),
  session_not_found: row(
    404,
    'not_found_error',
    'The session does not exist.',
    'GET /api/chat/sessions lists yours.',
  ),
  run_not_found: row(
    404,
    'not_found_error',
    'The run does not exist.',
    'GET /api/agent/runs lists yours.',
  ),
  tool_not_found: row(
    404,
    'not_found_error',
    'The tool does not exist.',
    'GET /tools lists the tools.',
  ),
  file_not_found: row(
    404,
    'not_found_error',
    'The file does not exist.',
    'GET /v1/files lists your files.',
  ),
  collection_not_found: row(
    404,
    'not_found_error',
    'The collection does not exist.',
    'GET /api/rag/collections lists yours.',
  ),
  batch_not_found: row(
    404,
    'not_found_error',
    'The file batch does not exist.',
    'Batches are asked for under the vector store that they were made in.',
  ),
  vector_store_not_found: row(
    404,
    'not_found_error',
    'The vector store does not exist.',
    'GET /v1/vector_stores lists yours.',
  ),
  vector_store_file_not_found: row(
    404,
    'not_found_error',
    'The vector store has no such file.',
    'GET /v1/vector_stores/{id}/files lists its files.',
  ),
  document_not_found: row(
    404,
    'not_found_error',
    'The document does not exist.',
    'List the documents of the collection.',
  ),
  collection_quota_exceeded: row(
    413,
    'invalid_request_error',
    'Your collections would hold more than they may.',
    'Remove documents or collections that are not needed.',
  ),
  document_not_ready: row(
    409,
    'invalid_request_error',
    'The text of this document is not there yet.',
    'Ask for its status, and try again when it is completed.',
  ),
  document_encrypted: row(
    422,
    'invalid_request_error',
    'The document is protected by a password.',
    'Remove the password and send it again.',
  ),
  document_unreadable: row(
    422,
    'invalid_request_error',
    'The document is damaged, or is not what its name says.',
    'Open it in the program that made it, save it anew and send that.',
  ),
  document_too_large: row(
    413,
    'invalid_request_error',
    'The document is too large to be read.',
    'Send it in parts.',
  ),
  document_too_complex: row(
    422,
    'invalid_request_error',
    'The document takes too much time or memory to read.',
    'Send it in parts, or as plain text.',
  ),
  document_unsafe: row(
    422,
    'invalid_request_error',
    'The document unpacks to far more than a document holds.',
    'Send it in parts, or as plain text.',
  ),
  document_unsupported: row(
    415,
    'invalid_request_error',
    'Files of this type cannot be read.',
    'Text, Markdown, HTML, PDF, DOCX, PPTX, XLSX, CSV, JSON and source code can.',
  ),
  document_without_text: row(
    422,
    'invalid_request_error',
    'No text was found in the document.',
    'It may be a scan: send it with its text recognised.',
  ),
  collection_name_taken: row(
    409,
    'invalid_request_error',
    'You have a collection of this name already.',
    'Choose another name, or add to that one.',
  ),
  function_not_found: row(
    404,
    'not_found_error',
    'The function does not exist.',
    'GET /api/v1/functions lists the functions.',
  ),
  link_expired: row(
    403,
    'permission_error',
    'This link is not valid, or its time is up.',
    'Ask for a new one.',
  ),
  function_name_taken: row(
    409,
    'invalid_request_error',
    'A tool of this name exists already.',
    'Choose another name.',
  ),
  function_quota_exceeded: row(
    409,
    'invalid_request_error',
    'You have as many functions as you may have.',
    'Remove one: DELETE /api/v1/functions/{name}.',
  ),
  key_quota_exceeded: row(
    409,
    'invalid_request_error',
    'You have as many API keys as you may have.',
    'Remove one: DELETE /api/keys/{id}.',
  ),
  file_quota_exceeded: row(
    413,
    'invalid_request_error',
    'Your files would take more room than you may use.',
    'Remove some: DELETE /v1/files/{id}.',
  ),
  method_not_allowed: row(405, 'invalid_request_error', 'This method is not allowed here.', ''),
  username_taken: row(
    409,
    'invalid_request_error',
    'This username is taken.',
    'Choose another one; upper and lower case count as the same.',
  ),
  last_admin: row(
    409,
    'invalid_request_error',
    'This is the last active administrator.',
    'Make another user an administrator first.',
  ),
  session_busy: row(
    409,
    'invalid_request_error',
    'Another request of this session is being answered.',
    'Try again when it has ended, or use another session.',
  ),
  run_not_waiting: row(
    409,
    'invalid_request_error',
    'The run does not wait for this any more.',
    'GET /api/agent/runs/{id} tells its state.',
  ),
  request_too_large: row(413, 'invalid_request_error', 'The body is too large.', ''),
  unsupported_media_type: row(415, 'invalid_request_error', 'The body cannot be read.', ''),
  rate_limit_exceeded: row(429, 'rate_limit_error', 'Too many requests.', 'Wait and try again.'),
  cancelled: row(499, 'invalid_request_error', 'The client closed the request.', ''),
  internal_error: row(
    500,
    'server_error',
    'Something went wrong in the gateway.',
    'Try again; the request id helps to find it in the log.',
  ),
  upstream_credentials: row(
    502,
    'server_error',
    "The model provider refused the gateway's credentials.",
    "The operator should check this provider's API key and credit.",
  ),
  upstream_unreachable: row(
    502,
    'server_error',
    'The model provider cannot be reached.',
    'Check that it is running and that its base URL is right.',
  ),
  upstream_error: row(502, 'server_error', 'The model provider failed.', 'Try again.'),
  upstream_invalid_response: row(
    502,
    'server_error',
    'The model provider sent something that is no valid answer.',
    'Check that its base URL points at an OpenAI-compatible API.',
  ),
  upstream_interrupted: row(
    502,
    'server_error',
    'The model provider broke its answer off.',
    'What came of it is incomplete; try again.',
  ),
  upstream_timeout: row(
    504,
    'server_error',
    'The model provider took too long.',
    'Try again, or raise the UPSTREAM_*_TIMEOUT settings.',
  ),
  url_refused: row(
    403,
    'permission_error',
    'This address may not be read.',
    'Only http and https pages of the public web can be read.',
  ),
  page_error: row(502, 'server_error', 'The page answered with an error.', 'Use another page.'),
  page_unreachable: row(
    502,
    'server_error',
    'The page cannot be reached.',
    'Check the address, or use another page.',
  ),
  page_unreadable: row(
    422,
    'invalid_request_error',
    'The page has no text that can be read.',
    'It may be built by scripts, which are not run: use another page.',
  ),
  search_failed: row(
    502,
    'server_error',
    'The web search failed.',
    'Try again later, or go on without it and say so.',
  ),
  search_credentials: row(
    502,
    'server_error',
    'The search provider refused the request.',
    'Go on without web search and say so; the operator has to mend this.',
  ),
  tools_unavailable: row(
    503,
    'server_error',
    'The tools server cannot be reached.',
    'Chat still works; check that the tools server runs.',
  ),
  server_starting: row(503, 'server_error', 'The server is starting.', 'Try again in a moment.'),
  server_shutting_down: row(
    503,
    'server_error',
    'The server is shutting down.',
    'Try again in a moment.',
  ),
  storage_unavailable: row(
    503,
    'server_error',
    'The storage is busy or down.',
    'Try again in a moment.',
  ),
} as const satisfies Record<string, ErrorRow>

// A table's row reads best in one line.
// oxlint-disable-next-line max-params
function row(status: number, type: ErrorType, message: string, remedy: string): ErrorRow {
  return { status, type, message, remedy }
}

export type ErrorCode = keyof typeof errorTable

export interface AppErrorOptions {
  /** Said instead of the table's message; must hold no secret, for callers read it. */
  message?: string | undefined
  cause?: unknown
  /** The request field at fault, as a path: `messages[0].role`. */
  param?: string | undefined
  /** Data for the log, never sent. */
  details?: Record<string, unknown> | undefined
  retryAfterMs?: number | undefined
  /** True once money was spent or we retried ourselves: clients are told not to try again. */
  spent?: boolean | undefined
  /** The status where it is an upstream's own word (a 422, a 429); else the table's. */
  status?: number | undefined
  /** The `code` callers see where it is an upstream's own word; else the table's. */
  publicCode?: string | undefined
  /** The `type` likewise. */
  type?: ErrorType | undefined
  /** Said behind the message instead of the table's remedy; '' where the message is another's, who knows best. */
  remedy?: string | undefined
}

/** The only error class. `code` names a row of the table; the doors translate it to their own shapes. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly status: number
  readonly type: ErrorType
  readonly publicCode: string
  readonly param: string | undefined
  readonly details: Record<string, unknown> | undefined
  readonly retryAfterMs: number | undefined
  readonly spent: boolean
  readonly remedy: string

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const entry: ErrorRow = errorTable[code]
    super(options.message ?? entry.message, { cause: options.cause })
    this.code = code
    this.status = options.status ?? entry.status
    this.type = options.type ?? entry.type
    this.publicCode = options.publicCode ?? code
    this.param = options.param
    this.details = options.details
    this.retryAfterMs = options.retryAfterMs
    this.spent = options.spent ?? false
    this.remedy = options.remedy ?? entry.remedy
  }
}

/** The same error with something else about it. */
export function changeError(error: AppError, changes: AppErrorOptions): AppError {
  const { message, cause, param, details, retryAfterMs, spent } = error
  const { status, publicCode, type, remedy } = error
  const own = { message, cause, param, details, retryAfterMs, spent, status, publicCode }
  return new AppError(error.code, { ...own, type, remedy, ...changes })
}

/** OpenAI's error body: all four keys, always. */
export interface ErrorBody {
  error: { message: string; type: ErrorType; param: string | null; code: string | null }
}

/** Message and remedy in one sentence or two, then OpenAI's four keys. */
export function toErrorBody(error: AppError): ErrorBody {
  const { message: said, remedy, type, param, publicCode } = error
  const message = remedy && !said.includes(remedy) ? `${asSentence(said)} ${remedy}` : said
  return { error: { message, type, param: param ?? null, code: publicCode } }
}

/** With its full stop, so that another sentence can follow. */
export function asSentence(text: string): string {
  return /[.!?…]['"”)\]]*$/.test(text) ? text : `${text}.`
}

/** Any thrown value as an AppError; what is not one of ours becomes `internal_error` with the value as cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const cause = thrown instanceof Error ? thrown : new Error(inspect(thrown))
  return new AppError('internal_error', { cause })
}
