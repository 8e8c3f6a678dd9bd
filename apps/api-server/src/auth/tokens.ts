/** Login tokens: JWTs, signed and read with one algorithm and one secret. */
import { createSecretKey, randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { z } from 'zod'
import type { LoginAnswer } from '@tandem/schemas'

export interface Tokens {
  issue(user: { id: string; tokenVersion: number }): LoginAnswer
  /** What a token of ours says; undefined where it is none. Whether its version still holds, the database knows. */
  read(token: string): ReadToken | undefined
}

export interface ReadToken {
  userId: string
  version: number
  /** Milliseconds since 1970; may have passed. */
  expiresAt: number
}

export interface TokensOptions {
  /** At least 32 bytes; see `loadSecrets`. */
  secret: string
  lifetimeMs: number
  now(): number
}

const algorithm = 'HS256'
const issuer = 'tandem'
/** Neither the tools server's tokens nor any other that may once be signed here pass for a login. */
const audience = 'login'

const claimsSchema = z.object({
  sub: z.string().min(1),
  jti: z.string().min(1),
  exp: z.int(),
  ver: z.int(),
})

export function createTokens({ secret, lifetimeMs, now }: TokensOptions): Tokens {
  // A KeyObject: with a string the library makes one for each token, which takes forty times as long.
  const key = createSecretKey(secret, 'utf8')
  const seconds = (): number => Math.floor(now() / 1000)
  return {
    issue({ id, tokenVersion }) {
      const expiresIn = Math.floor(lifetimeMs / 1000)
      const claims = { iat: seconds(), exp: seconds() + expiresIn, ver: tokenVersion }
      const token = jwt.sign(claims, key, {
        algorithm,
        issuer,
        audience,
        subject: id,
        jwtid: randomUUID(),
      })
      return { access_token: token, token_type: 'bearer', expires_in: expiresIn }
    },
    read(token) {
      const claims = claimsSchema.safeParse(verify(token, key, seconds()))
      if (!claims.success) return undefined
      const { sub, ver, exp } = claims.data
      return { userId: sub, version: ver, expiresAt: exp * 1000 }
    },
  }
}

/** The time is judged by the caller, who can then say that it is over. */
function verify(token: string, key: ReturnType<typeof createSecretKey>, now: number): unknown {
  try {
    return jwt.verify(token, key, {
      algorithms: [algorithm],
      issuer,
      audience,
      clockTimestamp: now,
      ignoreExpiration: true,
    })
  } catch {
    // Garbage, another's signature, another algorithm: no token of ours.
    return undefined
  }
}
