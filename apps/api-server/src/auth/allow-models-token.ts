import type { NextFunction, RequestHandler, Response } from 'express'
import type { AppDb } from '@tandem/db'
import { AppError } from '@tandem/schemas'
import { credentialOf, setPrincipal } from './authenticate.ts'
import { modelsTokenPrefix, type ModelsClaims, type ModelsTokens } from './models-token.ts'

export interface AllowModelsTokenDeps {
  db: Pick<AppDb, 'users'>
  modelsTokens: ModelsTokens
}

const callKey = Symbol('tandem.toolCall')
type Carrier = Response & { [callKey]?: ModelsClaims }

/** For the one route that tools may ask: their token opens it; any other credential goes its usual way through `auth`. */
export function allowModelsToken(
  auth: RequestHandler,
  { db, modelsTokens }: AllowModelsTokenDeps,
): RequestHandler {
  const admit = async (token: string, res: Response, next: NextFunction): Promise<void> => {
    const claims = modelsTokens.read(token)
    const user = claims && (await db.users.findById(claims.userId))
    if (!claims || !user || user.disabled) throw new AppError('invalid_api_key')
    // A tool has no business with its user's powers over others.
    setPrincipal(res, { userId: user.id, role: 'user' })
    ;(res as Carrier)[callKey] = claims
    next()
  }
  return (req, res, next) => {
    const credential = credentialOf(req)
    if (!credential?.startsWith(modelsTokenPrefix)) return auth(req, res, next)
    return admit(credential, res, next)
  }
}

/** The tool's call that a request comes from, if it comes from one. */
export function toolCallOf(res: Response): ModelsClaims | undefined {
  return (res as Carrier)[callKey]
}
