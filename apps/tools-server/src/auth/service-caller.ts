import type { RequestHandler, Response } from 'express'
import { AppError, type ServiceClaims } from '@tandem/schemas'
import { verifyServiceToken } from '@tandem/tools'

const callerKey = Symbol('tandem.caller')
type Carrier = Response & { [callerKey]?: ServiceClaims }

/** Lets only calls with a service token pass; whom they are for comes from it alone. */
export function requireServiceToken(secret: string): RequestHandler {
  return (req, res, next) => {
    const token = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1]
    if (token === undefined) throw new AppError('invalid_service_token')
    ;(res as Carrier)[callerKey] = verifyServiceToken(token, secret)
    next()
  }
}

/** @throws AppError when `requireServiceToken` did not run. */
export function callerOf(res: Response): ServiceClaims {
  const caller = (res as Carrier)[callerKey]
  if (!caller) throw new AppError('internal_error', { message: 'The request has no caller.' })
  return caller
}
