/** API keys. Only their SHA-256 is here; the key itself is shown once and never stored. */
import { and, count, desc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { AppError } from '@tandem/schemas'
import type { AppStore } from './app-store.ts'
import { ownerRow } from './owner.ts'
import { apiKeys } from './schema/api-keys.ts'
import { users } from './schema/users.ts'

export interface ApiKey {
  /** `key_…` */
  id: string
  name: string
  /** The first letters of the key, to tell it from others. */
  prefix: string
  expiresAt: number | null
  /** Coarse: within a minute or so. */
  lastUsedAt: number | null
  createdAt: number
}

export interface NewApiKey {
  name: string
  /** SHA-256 of the whole key, in hex. */
  hash: string
  prefix: string
  expiresAt?: number | undefined
}

/** What a request with a key needs to know. The caller judges `disabled` and `expiresAt`. */
export interface KeyHolder {
  keyId: string
  expiresAt: number | null
  user: { id: string; username: string; role: 'admin' | 'user'; disabled: boolean }
}

export interface KeyUse {
  keyId: string
  at: number
}

export interface ApiKeys {
  /**
   * Undefined where there is no such user, or the very key exists already.
   * @throws AppError `key_quota_exceeded` where the owner has `most` keys
   */
  create(owner: string, key: NewApiKey, most?: number): Promise<ApiKey | undefined>
  /** One point select: the hot path of every request. */
  findByHash(hash: string): Promise<KeyHolder | undefined>
  /** Newest first. */
  list(owner: string): Promise<ApiKey[]>
  /** False where the owner has no such key. */
  remove(owner: string, id: string): Promise<boolean>
  /** Many at once, in one transaction; a key that was noted within the last minute is not written again. */
  touchLastUsed(uses: readonly KeyUse[]): Promise<void>
}

const coarseMs = 60_000

const keyColumns = {
  id: apiKeys.id,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  expiresAt: apiKeys.expiresAt,
  lastUsedAt: apiKeys.lastUsedAt,
  createdAt: apiKeys.createdAt,
}

export function createApiKeys(db: AppStore): ApiKeys {
  const byHash = prepareByHash(db)
  return {
    create: (owner, key, most = Number.POSITIVE_INFINITY) =>
      db.write(() => {
        assertRoom(db, owner, most)
        return insertApiKey(db, owner, key)
      }),
    findByHash: (hash) => db.read(() => byHash.get({ hash })),
    list: (owner) => db.read(() => selectOwned(db, owner)),
    remove: (owner, id) => db.write(() => deleteOwned(db, owner, id)),
    touchLastUsed: (uses) => db.write(() => uses.forEach((use) => touch(db, use))),
  }
}

function assertRoom(db: AppStore, owner: string, most: number): void {
  const owned = eq(apiKeys.userRow, ownerRow(db, owner))
  const known = db.orm.select({ keys: count() }).from(apiKeys).where(owned).get()
  if ((known?.keys ?? 0) < most) return
  throw new AppError('key_quota_exceeded', {
    message: `You have ${most} API keys already, and may have no more.`,
  })
}

/** For use inside a transaction. */
export function insertApiKey(db: AppStore, owner: string, key: NewApiKey): ApiKey | undefined {
  const user = ownerRow(db, owner).get()
  if (!user) return undefined
  return db.orm
    .insert(apiKeys)
    .values({ ...key, id: db.newId('key'), userRow: user.rowId, createdAt: db.now() })
    .onConflictDoNothing({ target: apiKeys.hash })
    .returning(keyColumns)
    .get()
}

function prepareByHash(db: AppStore) {
  return db.orm
    .select({
      keyId: apiKeys.id,
      expiresAt: apiKeys.expiresAt,
      user: {
        id: users.id,
        username: users.username,
        role: users.role,
        disabled: users.disabled,
      },
    })
    .from(apiKeys)
    .innerJoin(users, eq(users.rowId, apiKeys.userRow))
    .where(eq(apiKeys.hash, sql.placeholder('hash')))
    .prepare()
}

function selectOwned(db: AppStore, owner: string): ApiKey[] {
  return db.orm
    .select(keyColumns)
    .from(apiKeys)
    .where(eq(apiKeys.userRow, ownerRow(db, owner)))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.rowId))
    .all()
}

function deleteOwned(db: AppStore, owner: string, id: string): boolean {
  const owned = and(eq(apiKeys.id, id), eq(apiKeys.userRow, ownerRow(db, owner)))
  return db.orm.delete(apiKeys).where(owned).run().changes > 0
}

function touch(db: AppStore, { keyId, at }: KeyUse): void {
  const stale = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, at - coarseMs))
  db.orm
    .update(apiKeys)
    .set({ lastUsedAt: at })
    .where(and(eq(apiKeys.id, keyId), stale))
    .run()
}
