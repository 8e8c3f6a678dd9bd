/** Every route of the live router against every credential that must not open it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import jwt from 'jsonwebtoken'
import { createApiApp } from '../../src/app.ts'
import { expectErrorBody } from '../support/read-error.ts'
import { apiKey, jwtSecretKey, startGateway, type Gateway } from '../support/start-gateway.ts'
import { addPerson, ask, patchUser, type Person } from './people.ts'
import { routesOf, samplePath, type Route } from './router-routes.ts'
import { routeTable, type AnnsThings, type RouteRow } from './route-table.ts'

let gateway: Gateway
let routes: Route[]
let ann: AnnsThings
let ben: Person
let bad: Record<string, string | undefined>

beforeAll(async () => {
  gateway = await startGateway({ env: { SIGNUP: 'open', RATE_LIMIT_RPM: '0' } })
  routes = routesOf(createApiApp(gateway.deps), ['/start.js'])
  ann = { ...(await addPerson(gateway, 'ann')), sessionId: 'anns-secret-talk' }
  ben = await addPerson(gateway, 'ben')
  await gateway.deps.db.sessions.getOrCreate(ann.id, ann.sessionId)
  bad = await makeBadCredentials()
})
afterAll(async () => gateway.close())

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** By the name of what is wrong with each. */
async function makeBadCredentials(): Promise<Record<string, string | undefined>> {
  const disabled = await addPerson(gateway, 'disabled')
  await patchUser(gateway, disabled.id, { disabled: true })
  const deleted = await addPerson(gateway, 'deleted')
  await ask(gateway, `/api/users/${deleted.id}`, { method: 'DELETE', as: apiKey })
  const loggedOut = await addPerson(gateway, 'logged-out')
  await ask(gateway, '/api/auth/logout', { method: 'POST', as: loggedOut.token })

  const claims = { iss: 'tandem', aud: 'login', sub: ann.id, jti: 'x', ver: 0 }
  const sign = (changed: object, secret = jwtSecretKey, algorithm: jwt.Algorithm = 'HS256') =>
    jwt.sign({ ...claims, ...changed }, secret, { algorithm, expiresIn: 3600 })
  const without = (name: string): string => {
    const { [name]: _, ...rest } = claims as Record<string, unknown>
    return jwt.sign(rest, jwtSecretKey, { expiresIn: 3600 })
  }
  const past = Math.floor(Date.now() / 1000) - 1
  const [head = '', payload = '', signature = ''] = ann.token.split('.')
  const none = encode({ alg: 'none', typ: 'JWT' })
  return {
    'no credential': undefined,
    'an empty one': '',
    garbage: 'garbage',
    'garbage that looks like a key': 'sk-tandem-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'garbage that looks like a token': 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA',
    'bytes that are no text': '\u00ff\u00fe',
    SQL: "' or 1=1 --",
    expired: jwt.sign({ ...claims, exp: past }, jwtSecretKey),
    'alg none': jwt.sign(claims, '', { algorithm: 'none', expiresIn: 3600 }),
    'alg none with our signature': `${none}.${payload}.${signature}`,
    'our token without its signature': `${head}.${payload}.`,
    'our token for an admin': `${head}.${encode({ ...claims, sub: 'admin' })}.${signature}`,
    'another algorithm': sign({}, jwtSecretKey, 'HS512'),
    'a wrong secret': sign({}, 'x'.repeat(43)),
    'the secret of the tools server': sign({}, 's'.repeat(43)),
    'a secret of one letter': sign({}, '0'),
    'another audience': sign({ aud: 'tools' }),
    'the audience of tools that ask models': sign({ aud: 'models' }),
    'no audience': without('aud'),
    'another issuer': sign({ iss: 'elsewhere' }),
    'no issuer': without('iss'),
    'no subject': without('sub'),
    'no version': without('ver'),
    'an older version': sign({ ver: -1 }),
    'a later version': sign({ ver: 1 }),
    'no end': jwt.sign(claims, jwtSecretKey),
    'nobody’s': sign({ sub: 'user_nobody' }),
    'a disabled user’s login': disabled.token,
    'a disabled user’s key': disabled.key,
    'a deleted user’s login': deleted.token,
    'a deleted user’s key': deleted.key,
    'an ended login': loggedOut.token,
  }
}

function rowOf({ method, path }: Route): RouteRow {
  return routeTable[`${method} ${path}`]!
}

const rowsWith = (access: RouteRow['access']): Route[] =>
  routes.filter((route) => rowOf(route).access === access)

async function knock(
  { method }: Route,
  path: string,
  {
    as,
    body,
    header = 'authorization',
  }: { as?: string | undefined; body?: object; header?: string },
): Promise<{ status: number; text: string; headers: Headers }> {
  const credential = header === 'authorization' ? `Bearer ${as}` : as
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: as === undefined ? {} : { [header]: String(credential) },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

it('every route has a row, and every row a route', () => {
  const live = routes.map(({ method, path }) => `${method} ${path}`)
  expect(live.toSorted()).toEqual(Object.keys(routeTable).toSorted())
})

it('a route with a parameter says whose things it is about', () => {
  for (const [name, { access, owned, ownersTested }] of Object.entries(routeTable)) {
    if (access === 'open' || !/[:*]/.test(name)) continue
    if (ownersTested) expect(existsSync(join(import.meta.dirname, '..', ownersTested))).toBe(true)
    else expect([name, typeof owned]).toEqual([name, 'function'])
  }
})

describe('a bad credential', () => {
  it('opens no route that asks for one: 401 in the error shape', async () => {
    const closed = [...rowsWith('user'), ...rowsWith('admin')]
    expect(closed.length).toBeGreaterThan(10)
    for (const route of closed) {
      const path = rowOf(route).owned?.(ann) ?? samplePath(route)
      const knocks = Object.entries(bad).map(async ([what, as]) => ({
        what,
        ...(await knock(route, path, { as, ...rowOf(route) })),
      }))
      for (const { what, status, text, headers } of await Promise.all(knocks)) {
        expect([route, what, status]).toEqual([route, what, 401])
        expect(headers.get('www-authenticate')).toBe('Bearer')
        const error = expectErrorBody(text)
        expect(error).toMatchObject({ code: 'invalid_api_key', type: 'authentication_error' })
        expect(error.message).toMatch(/^Incorrect API key provided/)
      }
    }
  }, 120_000)

  it.each(['x-api-key', 'api-key'])(
    'opens none as %s either',
    async (header) => {
      for (const route of [...rowsWith('user'), ...rowsWith('admin')]) {
        for (const what of ['garbage', 'alg none', 'a wrong secret', 'a disabled user’s key']) {
          const { status } = await knock(route, samplePath(route), { as: bad[what], header })
          expect([route, what, status]).toEqual([route, what, 401])
        }
      }
    },
    60_000,
  )

  it('never makes an open route fail on our side', async () => {
    for (const route of rowsWith('open')) {
      for (const [what, as] of Object.entries(bad)) {
        const { status } = await knock(route, samplePath(route), { as, ...rowOf(route) })
        expect([route, what, status < 500]).toEqual([route, what, true])
      }
    }
  }, 60_000)
})

describe('a good credential of the wrong one', () => {
  it('a plain user on an admin’s route: 403', async () => {
    for (const route of rowsWith('admin')) {
      for (const as of [ben.token, ben.key]) {
        const path = rowOf(route).owned?.(ann) ?? samplePath(route)
        const { status, text } = await knock(route, path, { as, ...rowOf(route) })
        expect([route, status]).toEqual([route, 403])
        expect(expectErrorBody(text).code).toBe('permission_denied')
      }
    }
  })

  it('another user’s thing: 404, also to an administrator, and it stays as it is', async () => {
    const owned = rowsWith('user').filter((route) => rowOf(route).owned)
    expect(owned.length).toBeGreaterThan(4)
    for (const route of owned) {
      for (const as of [ben.token, ben.key, apiKey]) {
        const path = rowOf(route).owned?.(ann) ?? ''
        const { status, text } = await knock(route, path, { as, ...rowOf(route) })
        expect([route, status]).toEqual([route, 404])
        expect(expectErrorBody(text).type).toBe('not_found_error')
      }
    }
  })

  it('a list tells nothing of another user', async () => {
    const lists = rowsWith('user').filter(
      ({ method, path }) => method === 'GET' && !/[:*]/.test(path),
    )
    for (const route of lists) {
      const { status, text } = await knock(route, route.path, { as: ben.token })
      expect([route, status < 500 || status === 503]).toEqual([route, true])
      for (const secret of [ann.sessionId, ann.keyId, ann.id, 'ann-key'])
        expect([route, text.includes(secret)]).toEqual([route, false])
    }
  })

  it('Ann still has all that was knocked at', async () => {
    expect((await ask(gateway, '/api/auth/me', { as: ann.token })).json.username).toBe('ann')
    expect((await ask(gateway, '/api/auth/me', { as: ann.key })).status).toBe(200)
    const { json } = await ask(gateway, '/api/chat/sessions', { as: ann.key })
    expect(json.sessions).toEqual([
      expect.objectContaining({ id: ann.sessionId, title: expect.not.stringMatching(/Mine now/) }),
    ])
  })
})

it('a good credential is never refused, and never fails on our side', async () => {
  const destroys = ['POST /api/auth/logout', 'DELETE /api/users/:id', 'PATCH /api/users/:id']
  for (const route of routes) {
    if (destroys.includes(`${route.method} ${route.path}`)) continue
    const { status } = await knock(route, samplePath(route), { as: apiKey, ...rowOf(route) })
    const isRight = route.path === '/api/auth/password' ? status === 401 : status !== 401
    expect([route, isRight]).toEqual([route, true])
    // The tools server is down here, which is 503.
    expect([route, status < 500 || status === 503]).toEqual([route, true])
  }
})
