import { createSecretKey, type KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { z } from 'zod'
import { AppError, serviceClaimsSchema, type ServiceClaims } from '@tandem/schemas'

const algorithm = 'HS256'
const audience = 'tools'
const issuer = 'tandem'
const defaultTtlSeconds = 60
/** A token that was made to live longer was not made by `signServiceToken`. */
const maxTtlSeconds = 600

const tokenSchema = serviceClaimsSchema
  .extend({ iat: z.number(), exp: z.number() })
  .refine(({ iat, exp }) => exp - iat <= maxTtlSeconds)

/** A token for one call to the tools server, for the user, session and run that the claims name. */
export function signServiceToken(
  { sub, session, run }: ServiceClaims,
  secret: string,
  { ttlSeconds = defaultTtlSeconds }: { ttlSeconds?: number } = {},
): string {
  return jwt.sign({ sub, session, run }, toKey(secret), {
    algorithm,
    audience,
    issuer,
    expiresIn: ttlSeconds,
  })
}

/**
 * Who the call is for.
 * @throws AppError `invalid_service_token`, whatever is wrong with it; the cause says what, for the log.
 */
export function verifyServiceToken(token: string, secret: string): ServiceClaims {
  try {
    const payload = jwt.verify(token, toKey(secret), { algorithms: [algorithm], audience, issuer })
    const { sub, session, run } = tokenSchema.parse(payload)
    return { sub, session, run }
  } catch (cause) {
    throw new AppError('invalid_service_token', { cause })
  }
}

function toKey(secret: string): KeyObject {
  return createSecretKey(secret, 'utf8')
}
