/** `/api/users`, for administrators. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { apiKey, startGateway, type Gateway } from '../support/start-gateway.ts'
import { addPerson, ask, logIn, patchUser, type Person } from './people.ts'

let gateway: Gateway
let person: Person
let clock = 0
let count = 0

beforeAll(async () => {
  gateway = await startGateway({ now: () => Date.now() + clock })
})
afterAll(async () => gateway.close())
beforeEach(async () => {
  person = await addPerson(gateway, `person${++count}`)
})

const me = (as: string) => ask(gateway, '/api/auth/me', { as })
/** How login and key of the person fare. */
const admitted = () =>
  Promise.all([person.token, person.key].map(async (as) => (await me(as)).status))
const remove = (id: string, as = apiKey) =>
  ask(gateway, `/api/users/${id}`, { method: 'DELETE', as })
const password = 'a long password'

describe('adding and listing', () => {
  it('adds users and admins, who can log in', async () => {
    for (const role of [undefined, 'user', 'admin']) {
      const username = `added${++count}`
      const { status, json } = await ask(gateway, '/api/users', {
        as: apiKey,
        body: { username, password, role },
      })
      expect([status, json.role, json.disabled]).toEqual([201, role ?? 'user', false])
      expect(JSON.stringify(json)).not.toMatch(/hash|password|\$2b/)
      expect((await me(await logIn(gateway, username, password))).json).toEqual(json)
    }
  })

  it.each<[object, number, string]>([
    [{ username: 'ADMIN', password }, 409, 'username'],
    [{ username: 'x', password: 'short' }, 400, 'password'],
    [{ username: 'x', password: 'x'.repeat(73) }, 400, 'password'],
    [{ username: 'x', password: 'password\0' }, 400, 'password'],
    [{ username: 'x x', password }, 400, 'username'],
    [{ username: 'x', password, role: 'root' }, 400, 'role'],
    [{ password }, 400, 'username'],
  ])('refuses %j with %i', async (body, status, param) => {
    const answer = await ask(gateway, '/api/users', { as: apiKey, body })
    expect([answer.status, answer.json.error.param]).toEqual([status, param])
  })

  it('lists page by page, each once', async () => {
    const names: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { json } = await ask(gateway, `/api/users?limit=2${query}`, { as: apiKey })
      expect(json.users.length).toBeLessThanOrEqual(2)
      names.push(...json.users.map(({ username }: { username: string }) => username))
      cursor = json.next_cursor
    }
    const { json } = await ask(gateway, '/api/users', { as: apiKey })
    expect(names).toEqual(json.users.map(({ username }: { username: string }) => username))
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(['admin', person.username]))
    expect(JSON.stringify(json)).not.toMatch(/hash|\$2b|tokenVersion/)
  })

  it.each(['limit=0', 'limit=1001', 'limit=x', 'limit=1&limit=2', 'cursor=x', 'cursor=a&cursor=b'])(
    '?%s is a 400',
    async (query) => {
      expect((await ask(gateway, `/api/users?${query}`, { as: apiKey })).status).toBe(400)
    },
  )
})

describe('a change stops what was let in before, at once, though it was just verified', () => {
  it.each<[object, number[]]>([
    [{ disabled: true }, [401, 401]],
    [{ role: 'admin' }, [401, 200]],
    [{ password: 'a new long password' }, [401, 200]],
  ])('%j: login and key are then %j', async (patch, after) => {
    expect(await admitted()).toEqual([200, 200])
    expect((await patchUser(gateway, person.id, patch)).status).toBe(200)
    expect(await admitted()).toEqual(after)
  })

  it('a role holds from the next request on', async () => {
    const list = async () => (await ask(gateway, '/api/users', { as: person.key })).status
    expect(await list()).toBe(403)
    await patchUser(gateway, person.id, { role: 'admin' })
    expect(await list()).toBe(200)
    await patchUser(gateway, person.id, { role: 'user' })
    expect(await list()).toBe(403)
  })

  it('a deleted user is gone with login, key and all', async () => {
    const { db } = gateway.deps
    await db.sessions.getOrCreate(person.id, 'talk')
    expect(await admitted()).toEqual([200, 200])
    expect((await remove(person.id)).json).toEqual({ id: person.id, deleted: true })
    expect(await admitted()).toEqual([401, 401])
    expect(await db.sessions.get(person.id, 'talk')).toBeUndefined()
    expect((await remove(person.id)).status).toBe(404)
    const again = await addPerson(gateway, person.username)
    expect(again.id).not.toBe(person.id)
    expect(await admitted()).toEqual([401, 401])
  })

  it('a request that is being looked up while the account is disabled lets in only itself', async () => {
    for (let round = 0; round < 20; round += 1) {
      const asked = [me(person.token), me(person.key)]
      const [, ...answers] = await Promise.all([
        gateway.deps.auth.changes.updateUser(person.id, { disabled: true }),
        ...asked,
      ])
      for (const { status } of answers) expect([200, 401]).toContain(status)
      expect(await admitted()).toEqual([401, 401])
      await gateway.deps.auth.changes.updateUser(person.id, { disabled: false })
      person.token = await logIn(gateway, person.username, person.password)
    }
  })

  it('another process may change it too, and is heard within seconds', async () => {
    expect(await admitted()).toEqual([200, 200])
    await gateway.deps.db.users.update(person.id, { disabled: true })
    clock += 5001
    expect(await admitted()).toEqual([401, 401])
  })
})

describe('a patch', () => {
  it.each<object>([
    {},
    { disable: true },
    { disabled: 'yes' },
    { disabled: null },
    { role: 'root' },
    { role: 'admin', tokenVersion: 0 },
    { password: 'short' },
    { username: 'other' },
  ])('of %j is a 400 and changes nothing', async (patch) => {
    expect((await patchUser(gateway, person.id, patch)).status).toBe(400)
    expect((await me(person.token)).status).toBe(200)
  })

  it.each(['user_nobody', 'x', '%00', "'; drop table users"])('of %j is a 404', async (id) => {
    expect((await patchUser(gateway, encodeURIComponent(id), { disabled: true })).status).toBe(404)
  })

  it('can set all at once', async () => {
    const patch = { disabled: false, role: 'admin', password: 'a new long password' }
    expect((await patchUser(gateway, person.id, patch)).json).toMatchObject({ role: 'admin' })
    await logIn(gateway, person.username, 'a new long password')
  })
})

describe('the last active administrator', () => {
  it('cannot be deleted, disabled or demoted, not even together with another', async () => {
    const lonely = await startGateway()
    const { json: admin } = await ask(lonely, '/api/auth/me', { as: apiKey })
    const path = `/api/users/${admin.id}`
    const tries = [
      () => ask(lonely, path, { method: 'DELETE', as: apiKey }),
      () => ask(lonely, path, { method: 'PATCH', as: apiKey, body: { disabled: true } }),
      () => ask(lonely, path, { method: 'PATCH', as: apiKey, body: { role: 'user' } }),
    ]
    for (const attempt of tries) {
      const { status, json } = await attempt()
      expect([status, json.error.code]).toEqual([409, 'last_admin'])
      expect(json.error.message).toContain('Make another user an administrator first')
    }
    const second = await addPerson(lonely, 'second', 'admin')
    const both = await Promise.all([
      ask(lonely, path, { method: 'PATCH', as: apiKey, body: { role: 'user' } }),
      ask(lonely, `/api/users/${second.id}`, { method: 'DELETE', as: second.key }),
    ])
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]))
    await lonely.close()
  })
})
