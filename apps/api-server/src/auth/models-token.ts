/** Tokens by which a running tool asks a model for its user, and for nothing else. */
import { createSecretKey } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { z } from 'zod'

/** Whom a tool's call is for. */
export interface ModelsClaims {
  userId: string
  run?: string | undefined
  /** The model that answers where a request names none. */
  model?: string | undefined
}

export interface ModelsTokens {
  issue(claims: ModelsClaims): string
  /** Undefined where it is none of ours, or its time is over. */
  read(token: string): ModelsClaims | undefined
}

export interface ModelsTokensOptions {
  /** The main API's own, which the tools server never reads: it cannot make such a token for another user. */
  secret: string
  now(): number
}

/** Tells them from keys and logins at a glance, so that those cost nothing more. */
export const modelsTokenPrefix = 'models-'

const algorithm = 'HS256' as const
const issuer = 'tandem'
const audience = 'models'
/** As long as the longest tool may run, and some. */
const lifetimeSeconds = 600

const claimsSchema = z.object({
  sub: z.string().min(1),
  exp: z.int(),
  run: z.string().optional(),
  model: z.string().optional(),
})

export function createModelsTokens({ secret, now }: ModelsTokensOptions): ModelsTokens {
  const key = createSecretKey(secret, 'utf8')
  const seconds = (): number => Math.floor(now() / 1000)
  return {
    issue({ userId, run, model }) {
      const iat = seconds()
      const claims = { sub: userId, run, model, iat, exp: iat + lifetimeSeconds }
      return modelsTokenPrefix + jwt.sign(claims, key, { algorithm, issuer, audience })
    },
    read(token) {
      const payload = verify(token.slice(modelsTokenPrefix.length), key, seconds())
      const claims = claimsSchema.safeParse(payload)
      if (!token.startsWith(modelsTokenPrefix) || !claims.success) return undefined
      const { sub, run, model } = claims.data
      return { userId: sub, run, model }
    },
  }
}

function verify(token: string, key: ReturnType<typeof createSecretKey>, now: number): unknown {
  try {
    const options = { algorithms: [algorithm], issuer, audience, clockTimestamp: now }
    return jwt.verify(token, key, options)
  } catch {
    return undefined
  }
}
