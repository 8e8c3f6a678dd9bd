/** SQLite's error codes, told apart by what can be done about them. */
import { AppError } from '@tandem/schemas'

/** What a caller is told to wait where the storage does not answer. */
const retryAfterMs = 2000

const busyCodes = ['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_PROTOCOL']

const downCodes = [
  'EACCES',
  'EISDIR',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
  'SQLITE_CANTOPEN',
  'SQLITE_CORRUPT',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_NOTADB',
  'SQLITE_PERM',
  'SQLITE_READONLY',
]

/** Another connection holds the lock and nothing has been done: the same call may be made again. */
export function isBusy(error: unknown): boolean {
  return hasCode(error, busyCodes)
}

/** A failing disk or file as `storage_unavailable`; any other error (a bug of ours) as it is. */
export function toStorageError(error: unknown): unknown {
  return isBusy(error) || hasCode(error, downCodes) ? storageUnavailable(error) : error
}

export function storageUnavailable(cause: unknown): AppError {
  return new AppError('storage_unavailable', { cause, retryAfterMs })
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  const code = codeOf(error)
  return code !== undefined && codes.some((known) => code === known || code.startsWith(`${known}_`))
}

/** The code of a driver's error, also where the query builder wrapped it. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return 'cause' in error ? codeOf(error.cause) : undefined
}
