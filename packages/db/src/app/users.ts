/** Accounts. A password's hash leaves this file only through `findByUsername`. */
import { count, eq, gt, sql } from 'drizzle-orm'
import { z } from 'zod'
import { insertApiKey, type ApiKey, type NewApiKey } from './api-keys.ts'
import type { AppStore } from './app-store.ts'
import { decodeCursor, toPage } from './cursor.ts'
import { assertNotLastAdmin, selectFirstAdmin } from './last-admin.ts'
import { noteRemoval } from './removals.ts'
import { users } from './schema/users.ts'

export type Role = 'admin' | 'user'

export interface User {
  /** `user_…` */
  id: string
  username: string
  role: Role
  disabled: boolean
  /** A login token that carries an older one is void. */
  tokenVersion: number
  createdAt: number
}

export interface UserWithPassword extends User {
  passwordHash: string
}

export interface NewUser {
  username: string
  passwordHash: string
  role: Role
}

export interface UserPatch {
  disabled?: boolean | undefined
  role?: Role | undefined
  passwordHash?: string | undefined
}

export interface FirstAdmin extends Omit<NewUser, 'role'> {
  /** A key that is stored in the same transaction. */
  key?: NewApiKey | undefined
}

export interface Users {
  /** Undefined where the name is taken; names that differ only in case are the same. */
  create(user: NewUser): Promise<User | undefined>
  /** Makes an admin if, and only if, there is no user at all; else undefined. */
  createFirstAdmin(admin: FirstAdmin): Promise<{ user: User; key?: ApiKey } | undefined>
  findByUsername(username: string): Promise<UserWithPassword | undefined>
  findById(id: string): Promise<User | undefined>
  /** By name. `cursor` is the `nextCursor` of the page before. */
  list(page: { limit: number; cursor?: string | undefined }): Promise<UserPage>
  count(): Promise<number>
  /** The oldest administrator who is not disabled. */
  findFirstAdmin(): Promise<{ id: string } | undefined>
  /**
   * Raises the token version in the same statement, so the user's login tokens are void.
   * @throws AppError `last_admin` where no active administrator would be left.
   */
  update(id: string, patch: UserPatch): Promise<User | undefined>
  /** Logs the user out everywhere. */
  raiseTokenVersion(id: string): Promise<User | undefined>
  /**
   * With all that is theirs: keys, sessions, messages, usage. False where there is no such user.
   * @throws AppError `last_admin` where no active administrator would be left.
   */
  remove(id: string): Promise<boolean>
}

export interface UserPage {
  users: User[]
  nextCursor: string | undefined
}

const userColumns = {
  id: users.id,
  username: users.username,
  role: users.role,
  disabled: users.disabled,
  tokenVersion: users.tokenVersion,
  createdAt: users.createdAt,
}

const positionSchema = z.tuple([z.string()])

export function createUsers(db: AppStore): Users {
  const byId = db.orm
    .select(userColumns)
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare()
  return {
    create: (user) => db.write(() => insertUser(db, user)),
    createFirstAdmin: (admin) => db.write(() => insertFirstAdmin(db, admin)),
    findByUsername: (username) => db.read(() => selectWithPassword(db, username)),
    findById: (id) => db.read(() => byId.get({ id })),
    list: (page) => db.read(() => selectPage(db, page)),
    count: () => db.read(() => countUsers(db)),
    findFirstAdmin: () => db.read(() => selectFirstAdmin(db)),
    update: (id, patch) => db.write(() => updateUser(db, id, patch)),
    raiseTokenVersion: (id) => db.write(() => updateUser(db, id, {})),
    remove: (id) => db.write(() => deleteUser(db, id)),
  }
}

/** NFKC, so that look-alike spellings of one name (full-width letters, ligatures) are one account. */
function toUsernameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase()
}

function insertUser(db: AppStore, user: NewUser): User | undefined {
  return db.orm
    .insert(users)
    .values({
      id: db.newId('user'),
      username: user.username,
      usernameKey: toUsernameKey(user.username),
      passwordHash: user.passwordHash,
      role: user.role,
      createdAt: db.now(),
    })
    .onConflictDoNothing({ target: users.usernameKey })
    .returning(userColumns)
    .get()
}

function insertFirstAdmin(db: AppStore, admin: FirstAdmin) {
  if (countUsers(db) > 0) return undefined
  const user = insertUser(db, { ...admin, role: 'admin' })
  if (!user) return undefined
  const key = admin.key && insertApiKey(db, user.id, admin.key)
  return key ? { user, key } : { user }
}

function countUsers(db: AppStore): number {
  return db.orm.select({ users: count() }).from(users).get()?.users ?? 0
}

function selectWithPassword(db: AppStore, username: string): UserWithPassword | undefined {
  return db.orm
    .select({ ...userColumns, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.usernameKey, toUsernameKey(username)))
    .get()
}

function selectPage(
  db: AppStore,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): UserPage {
  const after = cursor === undefined ? undefined : decodeCursor(positionSchema, cursor)[0]
  const found = db.orm
    .select({ ...userColumns, key: users.usernameKey })
    .from(users)
    .where(after === undefined ? undefined : gt(users.usernameKey, after))
    .orderBy(users.usernameKey)
    .limit(limit + 1)
    .all()
  const { rows, nextCursor } = toPage(found, limit, (last) => [last.key])
  return { users: rows.map(({ key: _key, ...user }) => user), nextCursor }
}

function updateUser(db: AppStore, id: string, patch: UserPatch): User | undefined {
  const { disabled, role, passwordHash } = patch
  if (disabled === true || role === 'user') assertNotLastAdmin(db, id)
  return db.orm
    .update(users)
    .set({ disabled, role, passwordHash, tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(eq(users.id, id))
    .returning(userColumns)
    .get()
}

/** The tools server hears of it later: what is noted here cannot be lost between the two. */
function deleteUser(db: AppStore, id: string): boolean {
  assertNotLastAdmin(db, id)
  const { changes } = db.orm.delete(users).where(eq(users.id, id)).run()
  if (changes > 0) noteRemoval(db, id, { sessionId: null })
  return changes > 0
}
