import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { AppError, type Principal } from '@tandem/schemas'
import type { Verified } from './verified.ts'
import { verifyCredential, type VerifyDeps } from './verify-credential.ts'

export interface AuthenticateDeps extends VerifyDeps {
  verified: Verified
}

const principalKey = Symbol('tandem.principal')
type Carrier = Response & { [principalKey]?: Principal }

/**
 * Synchronous where the credential was verified a moment ago.
 * @throws AppError `invalid_api_key`; the first words are those that client libraries look for. `storage_unavailable`
 * where the database does not answer: a good key is never called bad.
 */
export function authenticate(deps: AuthenticateDeps): RequestHandler {
  const { verified } = deps
  return (req, res, next) => {
    const credential = credentialOf(req)
    const principal = credential === undefined ? undefined : verified.get(credential)
    // Express takes the promise's rejection for a thrown error.
    if (principal === undefined) return verifyAnew(credential, deps, { res, next })
    ;(res as Carrier)[principalKey] = principal
    next()
    return undefined
  }
}

async function verifyAnew(
  credential: string | undefined,
  deps: AuthenticateDeps,
  { res, next }: { res: Response; next: NextFunction },
): Promise<void> {
  try {
    if (!credential) {
      const message = 'Incorrect API key provided: the request has none.'
      throw new AppError('invalid_api_key', { message })
    }
    const find = () => verifyCredential(credential, deps)
    ;(res as Carrier)[principalKey] = await deps.verified.remember(credential, find)
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_api_key')
      res.setHeader('www-authenticate', 'Bearer')
    throw error
  }
  next()
}

export function setPrincipal(res: Response, principal: Principal): void {
  ;(res as Carrier)[principalKey] = principal
}

/** @throws AppError `permission_denied` for anybody else. */
export function adminOnly(): RequestHandler {
  return (_req, res, next) => {
    if (principalOf(res).role !== 'admin') {
      throw new AppError('permission_denied', { message: 'Only administrators may do this.' })
    }
    next()
  }
}

/** @throws AppError `invalid_api_key` on a route that does not authenticate. */
export function principalOf(res: Response): Principal {
  const principal = (res as Carrier)[principalKey]
  if (!principal) throw new AppError('invalid_api_key')
  return principal
}

/** `Authorization: Bearer`, or the headers of the SDKs of Anthropic (`x-api-key`) and Azure (`api-key`). */
export function credentialOf(req: Request): string | undefined {
  const { authorization } = req.headers
  if (authorization !== undefined && isBearer(authorization))
    return trimmed(authorization.slice('Bearer '.length))
  const other = req.headers['x-api-key'] ?? req.headers['api-key']
  return typeof other === 'string' ? trimmed(other) : undefined
}

function isBearer(text: string): boolean {
  return text.startsWith('Bearer ') || text.slice(0, 'bearer '.length).toLowerCase() === 'bearer '
}

/** The text itself where nothing is to be cut, which is nearly always. */
function trimmed(text: string): string {
  return text.startsWith(' ') || text.endsWith(' ') ? text.trim() : text
}
