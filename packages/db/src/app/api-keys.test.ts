import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'
import { createKeyUses } from '../index.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
})
afterEach(() => temp.remove())

const key = { name: 'laptop', hash: 'a'.repeat(64), prefix: 'sk-tandem-abc' }

describe('api keys', () => {
  it('finds a key with its user in one go, and follows what becomes of the user', async () => {
    const { db, ann } = temp
    const created = await db.apiKeys.create(ann, { ...key, expiresAt: 5 })
    expect(created).toEqual({
      id: expect.stringMatching(/^key_/),
      name: 'laptop',
      prefix: 'sk-tandem-abc',
      expiresAt: 5,
      lastUsedAt: null,
      createdAt: temp.clock.now,
    })
    const user = { id: ann, username: 'ann', role: 'user', disabled: false }
    expect(await db.apiKeys.findByHash(key.hash)).toEqual({
      keyId: created?.id,
      expiresAt: 5,
      user,
    })
    await db.users.update(ann, { disabled: true, role: 'admin' })
    expect((await db.apiKeys.findByHash(key.hash))?.user).toEqual({
      ...user,
      role: 'admin',
      disabled: true,
    })
    expect(await db.apiKeys.findByHash('unknown')).toBeUndefined()
  })

  it('refuses the same key twice, and an unknown owner', async () => {
    const { apiKeys } = temp.db
    await apiKeys.create(temp.ann, key)
    expect(await apiKeys.create(temp.ben, key)).toBeUndefined()
    expect(await apiKeys.create('user_nobody', { ...key, hash: 'b' })).toBeUndefined()
  })

  it('lists and removes for the owner alone', async () => {
    const { db, ann, ben } = temp
    const first = await db.apiKeys.create(ann, key)
    const second = await db.apiKeys.create(ann, { ...key, hash: 'b' })
    expect((await db.apiKeys.list(ann)).map(({ id }) => id)).toEqual([second?.id, first?.id])
    expect(await db.apiKeys.list(ben)).toEqual([])
    expect(await db.apiKeys.remove(ben, first!.id)).toBe(false)
    expect(await db.apiKeys.remove(ann, first!.id)).toBe(true)
    expect(await db.apiKeys.findByHash(key.hash)).toBeUndefined()
  })

  it('notes the last use coarsely, and never backwards', async () => {
    const { db, ann } = temp
    const { id: keyId = '' } = (await db.apiKeys.create(ann, key)) ?? {}
    const lastUsed = async () => (await db.apiKeys.list(ann))[0]?.lastUsedAt
    const seen: unknown[] = []
    for (const at of [100_000, 130_000, 200_000, 50_000]) {
      await db.apiKeys.touchLastUsed([
        { keyId, at },
        { keyId: 'key_gone', at },
      ])
      seen.push(await lastUsed())
    }
    expect(seen).toEqual([100_000, 100_000, 200_000, 200_000])
  })

  it('gathers uses and writes them together', async () => {
    const { db, ann } = temp
    const { id: keyId = '' } = (await db.apiKeys.create(ann, key)) ?? {}
    const uses = createKeyUses({ touch: db.apiKeys.touchLastUsed, now: () => 7 })
    uses.note(keyId)
    uses.note(keyId)
    await uses.close()
    expect((await db.apiKeys.list(ann))[0]?.lastUsedAt).toBe(7)
  })
})
