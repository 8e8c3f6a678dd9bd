import type { Config } from '@tandem/config'
import { createKeyUses, type AppDb, type KeyUses } from '@tandem/db'
import { passwordHashCost } from '@tandem/schemas'
import { createAccountChanges, type AccountChanges } from './account-changes.ts'
import { createLoginLimits, type LoginLimits } from './login-limits.ts'
import { createModelsTokens, type ModelsTokens } from './models-token.ts'
import { createSignUpLimit, type TakeSignUp } from './sign-up-limit.ts'
import { createPasswords, type Passwords } from './passwords.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { createVerified, type Verified } from './verified.ts'

/** Who comes in, and how that changes. */
export interface Auth {
  passwords: Passwords
  tokens: Tokens
  modelsTokens: ModelsTokens
  verified: Verified
  changes: AccountChanges
  loginLimits: LoginLimits
  takeSignUp: TakeSignUp
  keyUses: KeyUses
}

export interface AuthOptions {
  db: AppDb
  config: Pick<Config, 'jwtExpirationHours' | 'signupsPerHour'>
  jwtSecretKey: string
  now(): number
  /** bcrypt's rounds, as a power of two. */
  passwordCost?: number | undefined
}

export function createAuth(options: AuthOptions): Auth {
  const { db, config, jwtSecretKey, now, passwordCost = passwordHashCost } = options
  const verified = createVerified({ now })
  return {
    passwords: createPasswords({ cost: passwordCost }),
    tokens: createTokens({
      secret: jwtSecretKey,
      lifetimeMs: config.jwtExpirationHours * 3_600_000,
      now,
    }),
    modelsTokens: createModelsTokens({ secret: jwtSecretKey, now }),
    verified,
    changes: createAccountChanges(db, verified),
    loginLimits: createLoginLimits(),
    takeSignUp: createSignUpLimit(config.signupsPerHour),
    keyUses: createKeyUses({ touch: db.apiKeys.touchLastUsed, now }),
  }
}
