import type { Response } from 'express'
import type { ServiceClaims } from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'

/** Whom a call to the tools server is for: the caller, and nobody whom a request could name. */
export function claimsOf(res: Response, session?: string): ServiceClaims {
  return { sub: principalOf(res).userId, session }
}
