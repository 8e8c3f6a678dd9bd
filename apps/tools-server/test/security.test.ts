import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { signServiceToken } from '@tandem/tools'
import { secret, startLastingServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startLastingServer()
})
afterAll(() => server.close())

const now = Math.floor(Date.now() / 1000)
const valid = { sub: 'user-1', aud: 'tools', iss: 'tandem', iat: now, exp: now + 60 }

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A token made by hand, so that it can be wrong in every way. */
function forge(claims: object, { alg = 'HS256', key = secret, hash = 'sha256' } = {}): string {
  const body = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`
  return `${body}.${createHmac(hash, key).update(body).digest('base64url')}`
}

const hostile: [string, string | undefined][] = [
  ['no token', undefined],
  ['an empty one', 'Bearer '],
  ['another scheme', `Basic ${forge(valid)}`],
  ['no scheme', forge(valid)],
  ['an API key', 'Bearer sk-tandem-0123456789abcdef'],
  ['the secret itself', `Bearer ${secret}`],
  ['garbage', 'Bearer a.b.c'],
  ['an expired token', `Bearer ${signServiceToken({ sub: 'u' }, secret, { ttlSeconds: -1 })}`],
  ['a wrong audience', `Bearer ${forge({ ...valid, aud: 'api' })}`],
  ['no audience', `Bearer ${forge({ ...valid, aud: undefined })}`],
  ['a wrong issuer', `Bearer ${forge({ ...valid, iss: 'elsewhere' })}`],
  ['no expiry', `Bearer ${forge({ ...valid, exp: undefined })}`],
  ['a life of a year', `Bearer ${forge({ ...valid, exp: now + 31_536_000 })}`],
  ['no subject', `Bearer ${forge({ ...valid, sub: undefined })}`],
  ['alg none', `Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${encode(valid)}.`],
  ['alg none, signed', `Bearer ${forge(valid, { alg: 'none' })}`],
  ['HS512 with the right secret', `Bearer ${forge(valid, { alg: 'HS512', hash: 'sha512' })}`],
  ['a wrong secret', `Bearer ${forge(valid, { key: `${secret}!` })}`],
  ['an empty secret', `Bearer ${forge(valid, { key: '' })}`],
  [
    'a login of the main API',
    `Bearer ${forge({ sub: 'user-1', role: 'admin', iat: now, exp: now + 86_400 }, { key: 'the-secret-that-signs-logins-of-users' })}`,
  ],
  [
    'a login signed with the service secret',
    `Bearer ${forge({ sub: 'user-1', role: 'admin', iat: now, exp: now + 60 })}`,
  ],
]

test('the forger can make a good one', async () => {
  const headers = { authorization: `Bearer ${forge(valid)}` }
  expect((await fetch(`${server.url}/tools`, { headers })).status).toBe(200)
})

describe.each(hostile)('%s', (_, authorization) => {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }

  test.each([
    ['GET', '/tools'],
    ['POST', '/tools/calculator'],
    ['POST', '/tools/nope'],
    ['GET', '/nothing'],
  ])('is refused at %s %s', async (method, path) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers,
      body: method === 'POST' ? '{"arguments":{"expression":"1+1"},"call_id":"c"}' : undefined,
    })
    expect(response.status).toBe(401)
    const text = await response.text()
    expect(JSON.parse(text)).toEqual({
      error: {
        message: expect.stringContaining('service tokens'),
        type: 'authentication_error',
        param: null,
        code: 'invalid_service_token',
      },
    })
    expect(text).not.toContain(secret)
  })
})

test('a token in the query, a cookie or another header does not count', async () => {
  const token = forge(valid)
  const tries = [
    fetch(`${server.url}/tools?token=${token}&access_token=${token}`),
    fetch(`${server.url}/tools`, { headers: { cookie: `token=${token}` } }),
    fetch(`${server.url}/tools`, { headers: { 'x-api-key': token } }),
  ]
  for (const response of await Promise.all(tries)) expect(response.status).toBe(401)
})
