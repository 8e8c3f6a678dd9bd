/** Whose key or login a credential is, as the database says now. */
import { hashApiKey, type AppDb, type KeyUses } from '@tandem/db'
import { AppError } from '@tandem/schemas'
import type { ReadToken, Tokens } from './tokens.ts'
import type { Found } from './verified.ts'

export interface VerifyDeps {
  db: Pick<AppDb, 'users' | 'apiKeys'>
  tokens: Tokens
  keyUses: KeyUses
  now(): number
}

/** @throws AppError `invalid_api_key`; `storage_unavailable` where nobody can say. */
export async function verifyCredential(credential: string, deps: VerifyDeps): Promise<Found> {
  const login = credential.startsWith(ownKeys) ? undefined : deps.tokens.read(credential)
  return login ? verifyLogin(login, deps) : verifyKey(credential, deps)
}

/** Keys that an operator chose may look different; they are looked up when they are no login. */
const ownKeys = 'sk-tandem-'

async function verifyKey(key: string, { db, keyUses, now }: VerifyDeps): Promise<Found> {
  const holder = await db.apiKeys.findByHash(hashApiKey(key))
  if (!holder) throw refused()
  const { keyId, expiresAt, user } = holder
  if (expiresAt !== null && expiresAt <= now()) throw refused('this key has expired.')
  if (user.disabled) throw refused('this account is disabled.')
  keyUses.note(keyId)
  return { principal: { userId: user.id, role: user.role, keyId }, expiresAt }
}

async function verifyLogin(login: ReadToken, { db, now }: VerifyDeps): Promise<Found> {
  if (login.expiresAt <= now()) throw refused('this login has expired; log in again.')
  const user = await db.users.findById(login.userId)
  if (user?.disabled) throw refused('this account is disabled.')
  if (user?.tokenVersion !== login.version) throw refused('this login was ended; log in again.')
  return { principal: { userId: user.id, role: user.role }, expiresAt: login.expiresAt }
}

/** The first words are those that client libraries look for. Only a holder of the real thing is told more. */
function refused(why?: string): AppError {
  return new AppError('invalid_api_key', {
    message: why === undefined ? undefined : `Incorrect API key provided: ${why}`,
  })
}
