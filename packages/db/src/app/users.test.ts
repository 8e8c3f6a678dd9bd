import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { talk } from '../../test/conversation.ts'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'
import { openAppDb, type NewUser } from '../index.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
})
afterEach(() => temp.remove())

const carol: NewUser = { username: 'Carol', passwordHash: 'secret hash', role: 'user' }

describe('users', () => {
  it('creates a user and finds it by name in any case, and by id', async () => {
    const { users } = temp.db
    const created = await users.create(carol)
    expect(created).toEqual({
      id: expect.stringMatching(/^user_[\w-]{24}$/),
      username: 'Carol',
      role: 'user',
      disabled: false,
      tokenVersion: 0,
      createdAt: temp.clock.now,
    })
    expect(await users.findById(created!.id)).toEqual(created)
    expect(await users.findByUsername('CAROL')).toEqual({ ...created, passwordHash: 'secret hash' })
    expect(await users.findByUsername('ＣＡＲＯＬ')).toBeDefined()
    expect(await users.findByUsername('nobody')).toBeUndefined()
    expect(await users.findById('user_nobody')).toBeUndefined()
  })

  it('refuses a name that differs only in case, in any script', async () => {
    const { users } = temp.db
    await users.create({ ...carol, username: 'Ärger' })
    expect(await users.create({ ...carol, username: 'äRGER' })).toBeUndefined()
    expect(await users.count()).toBe(3)
  })

  it('lets one of many at once have the name', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => temp.db.users.create(carol)))
    expect(made.filter(Boolean)).toHaveLength(1)
  })

  it('pages by name', async () => {
    const { users } = temp.db
    await users.create(carol)
    const first = await users.list({ limit: 2 })
    expect(first.users.map(({ username }) => username)).toEqual(['ann', 'ben'])
    expect(first.users[0]).not.toHaveProperty('passwordHash')
    const second = await users.list({ limit: 2, cursor: first.nextCursor })
    expect(second.users.map(({ username }) => username)).toEqual(['Carol'])
    expect(second.nextCursor).toBeUndefined()
  })

  it.each(['x', '', 'bnVsbA', Buffer.from('[1,2,3]').toString('base64url')])(
    'answers the cursor %j with invalid_request',
    async (cursor) => {
      await expect(temp.db.users.list({ limit: 2, cursor })).rejects.toMatchObject({
        code: 'invalid_request',
        param: 'cursor',
      })
    },
  )

  it.each([{ disabled: true }, { role: 'admin' as const }, { passwordHash: 'new' }, {}])(
    'raises the token version with %j',
    async (patch) => {
      const updated = await temp.db.users.update(temp.ann, patch)
      const { passwordHash: _, ...visible } = patch as { passwordHash?: string }
      expect(updated).toMatchObject({ ...visible, tokenVersion: 1 })
      expect((await temp.db.users.findById(temp.ben))?.tokenVersion).toBe(0)
    },
  )

  it('logs out everywhere, and does nothing to an unknown user', async () => {
    const { users } = temp.db
    expect((await users.raiseTokenVersion(temp.ann))?.tokenVersion).toBe(1)
    expect(await users.raiseTokenVersion('user_nobody')).toBeUndefined()
    expect(await users.update('user_nobody', { disabled: true })).toBeUndefined()
  })

  it('removes a user with all that is theirs, and nothing else', async () => {
    const { db, ann, ben } = temp
    for (const owner of [ann, ben]) {
      await talk(db, owner, 's')
      await db.apiKeys.create(owner, { name: 'k', hash: `hash ${owner}`, prefix: 'sk' })
    }
    expect(await db.users.remove(ann)).toBe(true)
    expect(await db.users.remove(ann)).toBe(false)
    expect(await db.users.findById(ann)).toBeUndefined()
    expect(await db.apiKeys.findByHash(`hash ${ann}`)).toBeUndefined()
    expect(await db.sessions.get(ann, 's')).toBeUndefined()
    expect(await db.messages.last(ann, 's', { limit: 9 })).toEqual([])
    expect(await db.messages.last(ben, 's', { limit: 9 })).toHaveLength(2)
    expect(await db.apiKeys.findByHash(`hash ${ben}`)).toBeDefined()
  })
})

describe('the last active administrator', () => {
  const root: NewUser = { username: 'root', passwordHash: 'h', role: 'admin' }

  it.each([{ disabled: true }, { role: 'user' as const }])(
    'stays one against %j, and nothing of the change is made',
    async (patch) => {
      const { users } = temp.db
      const admin = await users.create(root)
      await users
        .create({ ...root, username: 'disabled' })
        .then((other) => users.update(other!.id, { disabled: true }))
      const refused = users.update(admin!.id, { ...patch, passwordHash: 'other' })
      await expect(refused).rejects.toMatchObject({ code: 'last_admin', status: 409 })
      expect(await users.findByUsername('root')).toEqual({ ...admin, passwordHash: 'h' })
    },
  )

  it('is not removed, also by the worker; others are', async () => {
    const { users } = temp.db
    const admin = await users.create(root)
    await expect(users.remove(admin!.id)).rejects.toMatchObject({ code: 'last_admin' })
    expect(await users.remove(temp.ann)).toBe(true)
    await users.create({ ...root, username: 'second' })
    expect(await users.remove(admin!.id)).toBe(true)
  })

  it('is left over when all go at once, on two connections', async () => {
    const { db, path } = temp
    const other = await openAppDb({ path })
    const made = await Promise.all(
      ['a', 'b', 'c', 'd'].map((username) => db.users.create({ ...root, username })),
    )
    const results = await Promise.allSettled(
      made.map((user, at) =>
        at % 2 === 0
          ? db.users.update(user!.id, { role: 'user' })
          : other.users.update(user!.id, { disabled: true }),
      ),
    )
    await other.close()
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(await db.users.findFirstAdmin()).toBeDefined()
  })

  it('findFirstAdmin passes over the disabled and names the oldest', async () => {
    const { users } = temp.db
    expect(await users.findFirstAdmin()).toBeUndefined()
    const [first, second] = [
      await users.create(root),
      await users.create({ ...root, username: 'second' }),
    ]
    expect(await users.findFirstAdmin()).toEqual({ id: first!.id })
    await users.update(first!.id, { disabled: true })
    expect(await users.findFirstAdmin()).toEqual({ id: second!.id })
  })
})

describe('createFirstAdmin', () => {
  const admin = {
    username: 'root',
    passwordHash: 'h',
    key: { name: 'first', hash: 'x', prefix: 'sk' },
  }

  it('does nothing where there is a user', async () => {
    expect(await temp.db.users.createFirstAdmin(admin)).toBeUndefined()
    expect(await temp.db.apiKeys.findByHash('x')).toBeUndefined()
  })

  it('makes exactly one admin, with its key, however many ask at once on two connections', async () => {
    const { db, path, ann, ben } = temp
    await db.users.remove(ann)
    await db.users.remove(ben)
    const other = await openAppDb({ path })
    const asked = [db, other, db, other].map(({ users }, at) =>
      users.createFirstAdmin({ ...admin, username: `root${at}` }),
    )
    const made = (await Promise.all(asked)).filter((each) => each !== undefined)
    await other.close()
    expect(made).toHaveLength(1)
    expect(made[0]?.user.role).toBe('admin')
    expect((await db.apiKeys.findByHash('x'))?.user.id).toBe(made[0]?.user.id)
  })
})
