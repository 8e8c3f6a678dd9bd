/** The first start makes an administrator; later ones only see to it that `ADMIN_API_KEY` opens the door. */
import { randomBytes } from 'node:crypto'
import { describeApiKey, makeApiKey, type AppDb } from '@tandem/db'
import type { Deps } from '../deps.ts'

/** What was made at random; what the operator gave is left out. */
export interface MadeAdmin {
  username: string
  password?: string | undefined
  apiKey?: string | undefined
}

/**
 * What was made at random, to be told once; undefined where there were users already. Two servers that start at once on
 * one database make one administrator.
 */
export async function ensureAdmin(
  deps: Pick<Deps, 'db' | 'auth' | 'config' | 'logger'>,
): Promise<MadeAdmin | undefined> {
  const { db, config, logger } = deps
  if ((await db.users.count()) === 0) {
    const made = await makeFirstAdmin(deps)
    if (made) {
      logger.info({ username: made.username }, 'made the first administrator')
      return made
    }
  }
  if (config.adminApiKey !== undefined && (await addKey(db, config.adminApiKey)))
    logger.info('ADMIN_API_KEY is now a key of the first administrator')
  return undefined
}

async function makeFirstAdmin({
  db,
  auth,
  config,
}: Pick<Deps, 'db' | 'auth' | 'config'>): Promise<MadeAdmin | undefined> {
  const { adminUsername: username, adminPassword, adminApiKey } = config
  const password = adminPassword ?? randomBytes(15).toString('base64url')
  const { key, hash, prefix } = adminApiKey ? describeApiKey(adminApiKey) : makeApiKey()
  const created = await db.users.createFirstAdmin({
    username,
    passwordHash: await auth.passwords.hash(password),
    key: { name: adminApiKey ? keyName : 'first key', hash, prefix },
  })
  if (!created) return undefined
  return {
    username,
    password: adminPassword === undefined ? password : undefined,
    apiKey: adminApiKey === undefined ? key : undefined,
  }
}

const keyName = 'ADMIN_API_KEY'

/** True where the key is new: a container may start again with another one. */
async function addKey({ users, apiKeys }: AppDb, key: string): Promise<boolean> {
  const { hash, prefix } = describeApiKey(key)
  if (await apiKeys.findByHash(hash)) return false
  const admin = await users.findFirstAdmin()
  if (!admin) return false
  return (await apiKeys.create(admin.id, { name: keyName, hash, prefix })) !== undefined
}
