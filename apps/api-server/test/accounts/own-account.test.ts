/** `/api/auth/*` */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import jwt from 'jsonwebtoken'
import {
  adminName,
  adminPassword,
  apiKey,
  startGateway,
  type Gateway,
} from '../support/start-gateway.ts'
import { addPerson, ask, logIn, patchUser, type Person } from './people.ts'

let gateway: Gateway
let clock = 0
let count = 0

beforeAll(async () => {
  gateway = await startGateway({ env: { SIGNUP: 'open' }, now: () => Date.now() + clock })
})
afterAll(async () => gateway.close())
afterEach(() => {
  clock = 0
})

const newPerson = (): Promise<Person> => addPerson(gateway, `person${++count}`)
const signUp = (body: unknown) => ask(gateway, '/api/auth/signup', { body })
const login = (username: unknown, password: unknown) =>
  ask(gateway, '/api/auth/login', { body: { username, password } })
const change = (as: string, current_password: unknown, new_password: unknown) =>
  ask(gateway, '/api/auth/password', { as, body: { current_password, new_password } })
const me = (as: string) => ask(gateway, '/api/auth/me', { as })

describe('signing up', () => {
  const password = 'a long password'

  it.each([undefined, 'user', null])('makes a plain user and logs in; role %j', async (role) => {
    const { status, json, headers } = await signUp({ username: `new${++count}`, password, role })
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(json).toMatchObject({ token_type: 'bearer', expires_in: 604_800 })
    expect((await me(json.access_token)).json).toEqual({
      id: expect.stringMatching(/^user_/),
      username: `new${count}`,
      role: 'user',
      disabled: false,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    })
  })

  it.each(['admin', 'root', 1, ['admin'], { role: 'admin' }])(
    'refuses the role %j and makes nobody',
    async (role) => {
      const { status, json } = await signUp({ username: `role${++count}`, password, role })
      expect([status, json.error.param]).toEqual([400, 'role'])
      expect(await gateway.deps.db.users.findByUsername(`role${count}`)).toBeUndefined()
    },
  )

  it.each<[string, unknown, string]>([
    ['a short password', { username: 'x1', password: 'seven77' }, 'password'],
    ['73 bytes', { username: 'x1', password: 'p'.repeat(73) }, 'password'],
    ['73 bytes in few letters', { username: 'x1', password: `${'ä'.repeat(36)}x` }, 'password'],
    ['a NUL', { username: 'x1', password: 'password\0more' }, 'password'],
    ['a lone surrogate', { username: 'x1', password: 'password\ud800' }, 'password'],
    ['no password', { username: 'x1' }, 'password'],
    ['a number as password', { username: 'x1', password: 12345678 }, 'password'],
    ['no name', { password }, 'username'],
    ['an empty name', { username: '', password }, 'username'],
    ['a name with a space', { username: 'x y', password }, 'username'],
    ['a name with a slash', { username: '../x', password }, 'username'],
    ['a name with a line break', { username: 'x\n', password }, 'username'],
    ['a name of 65 letters', { username: 'x'.repeat(65), password }, 'username'],
  ])('refuses %s', async (_, body, param) => {
    const { status, json } = await signUp(body)
    expect([status, json.error.param]).toEqual([400, param])
  })

  it('takes 72 bytes, and all of them count', async () => {
    const long = `${'ü'.repeat(35)}xy`
    expect((await signUp({ username: 'longest', password: long })).status).toBe(201)
    expect((await login('longest', long)).status).toBe(200)
    expect((await login('longest', `${'ü'.repeat(35)}xz`)).status).toBe(401)
    const tooLong = await login('longest', `${long}z`)
    expect([tooLong.status, tooLong.json.error.message]).toEqual([
      400,
      expect.stringMatching(/72 bytes/),
    ])
  })

  it.each(['J\u00fcrgen', 'j\u00fcrgen', 'Ju\u0308rgen', 'J\u00dcRGEN'])(
    'one name is one account: %s',
    async (username) => {
      await signUp({ username: 'J\u00fcrgen', password })
      const { status, json } = await signUp({ username, password })
      expect([status, json.error.code]).toEqual([409, 'username_taken'])
    },
  )

  it('lets one of many at once have a name', async () => {
    const asked = Array.from({ length: 8 }, () => signUp({ username: 'wanted', password }))
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(7)
  })

  it('is closed by default', async () => {
    const closed = await startGateway()
    const { status, json } = await ask(closed, '/api/auth/signup', {
      body: { username: 'x', password },
    })
    expect([status, json.error.code]).toEqual([403, 'signup_closed'])
    expect(json.error.message).toContain('SIGNUP=open')
    expect(await closed.deps.db.users.count()).toBe(1)
    await closed.close()
  })

  it.each(['null', '[]', '"x"', '', '{', '{"username":{"$ne":1},"password":["x"]}'])(
    'refuses the body %s',
    async (body) => {
      expect((await signUp(body)).status).toBe(400)
    },
  )

  it('refuses a body that is too large, unread', async () => {
    expect((await signUp(`{"username":"${'x'.repeat(70_000)}"}`)).status).toBe(413)
  })
})

describe('logging in', () => {
  it('gives a bearer token that says nothing of the role', async () => {
    const { json, status, headers } = await login(adminName, adminPassword)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(Object.keys(json)).toEqual(['access_token', 'token_type', 'expires_in'])
    const { header, payload } = jwt.decode(json.access_token, { complete: true })!
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(payload).toEqual({
      iss: 'tandem',
      aud: 'login',
      sub: expect.stringMatching(/^user_/),
      jti: expect.stringMatching(/^[\w-]{36}$/),
      iat: expect.any(Number),
      exp: expect.any(Number),
      ver: 0,
    })
  })

  it('the name counts in any case', async () => {
    expect((await login(adminName.toUpperCase(), adminPassword)).status).toBe(200)
  })

  it('a wrong password, a wrong name and no password at all read the same', async () => {
    const answers = await Promise.all([
      login(adminName, 'wrong password'),
      login('nobody', adminPassword),
      login(adminName, ''),
    ])
    for (const { status, json } of answers) {
      expect(status).toBe(401)
      expect(json).toEqual(answers[0]?.json)
      expect(json.error.code).toBe('invalid_credentials')
    }
  })

  it.each([
    [undefined, 'x'],
    ['admin', undefined],
    [null, null],
    [['admin'], 'x'],
    ['x'.repeat(300), 'x'],
    ['admin', 'x\0y'],
  ])('%j with %j is a 400', async (username, password) => {
    expect((await login(username, password)).status).toBe(400)
  })

  it('a disabled account is told so to who knows its password, and to nobody else', async () => {
    const person = await newPerson()
    await patchUser(gateway, person.id, { disabled: true })
    const right = await login(person.username, person.password)
    expect([right.status, right.json.error.message]).toEqual([403, 'This account is disabled.'])
    expect((await login(person.username, 'wrong password')).status).toBe(401)
    await patchUser(gateway, person.id, { disabled: false })
    expect((await login(person.username, person.password)).status).toBe(200)
    expect((await me(person.token)).status).toBe(401)
    expect((await me(person.key)).status).toBe(200)
  })

  it('a login lasts as long as JWT_EXPIRATION_HOURS says, also where it was just used', async () => {
    const { token } = await newPerson()
    clock = 168 * 3_600_000 - 5000
    expect((await me(token)).status).toBe(200)
    clock += 6000
    const { status, json, headers } = await me(token)
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(json.error.message).toMatch(/^Incorrect API key provided: this login has expired/)
  })
})

describe('logging out', () => {
  it('ends all logins of the account at once, no keys, and nobody else’s', async () => {
    const [person, other] = [await newPerson(), await newPerson()]
    const second = await logIn(gateway, person.username, person.password)
    for (const token of [person.token, second]) expect((await me(token)).status).toBe(200)
    const { status, json } = await ask(gateway, '/api/auth/logout', {
      method: 'POST',
      as: person.token,
    })
    expect([status, json]).toEqual([200, { logged_out: true }])
    for (const token of [person.token, second]) {
      const refused = await me(token)
      expect(refused.status).toBe(401)
      expect(refused.json.error.message).toMatch(/^Incorrect API key provided: this login was/)
    }
    expect((await me(person.key)).status).toBe(200)
    expect((await me(other.token)).status).toBe(200)
    expect((await me(await logIn(gateway, person.username, person.password))).status).toBe(200)
  })
})

describe('changing the password', () => {
  it('ends all logins but the new one that it gives; keys stay', async () => {
    const person = await newPerson()
    expect((await me(person.token)).status).toBe(200)
    const changed = await change(person.token, person.password, 'another password')
    expect(changed.status).toBe(200)
    expect((await me(person.token)).status).toBe(401)
    expect((await me(changed.json.access_token)).status).toBe(200)
    expect((await me(person.key)).status).toBe(200)
    await logIn(gateway, person.username, 'another password')
    const old = { username: person.username, password: person.password }
    expect((await ask(gateway, '/api/auth/login', { body: old })).status).toBe(401)
  })

  it('needs the current one and a good new one, and else changes nothing', async () => {
    const person = await newPerson()
    const answers = [
      await change(person.token, 'wrong password', 'another password'),
      await change(person.token, person.password, 'short'),
      await change(person.token, person.password, 'x'.repeat(73)),
      await change(person.token, person.password, undefined),
      await change(person.token, undefined, 'another password'),
    ]
    expect(answers.map(({ status, json }) => [status, json.error.param])).toEqual([
      [401, null],
      [400, 'new_password'],
      [400, 'new_password'],
      [400, 'new_password'],
      [400, 'current_password'],
    ])
    expect((await me(person.token)).status).toBe(200)
    await logIn(gateway, person.username, person.password)
  })

  it('is no way around the limit of failed logins', async () => {
    const person = await newPerson()
    const wrong = Array.from({ length: 12 }, () =>
      change(person.token, 'wrong password', 'another password'),
    )
    const statuses = (await Promise.all(wrong)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
    expect((await change(person.token, person.password, 'another password')).status).toBe(429)
  })
})

it('the admin that the start made is one, with its key and its password', async () => {
  const { json } = await me(apiKey)
  expect(json).toMatchObject({ username: adminName, role: 'admin' })
  expect((await me(await logIn(gateway, adminName, adminPassword))).json).toEqual(json)
})

it('no password, hash, token or key is in the log', async () => {
  const person = await newPerson()
  await ask(gateway, '/api/auth/login', {
    body: { username: person.username, password: 'hunter22' },
  })
  const log = JSON.stringify(gateway.logs)
  expect(log).toContain('/api/auth/login')
  for (const secret of [person.password, person.token, person.key, 'hunter22', '$2b$', apiKey])
    expect(log).not.toContain(secret)
})
