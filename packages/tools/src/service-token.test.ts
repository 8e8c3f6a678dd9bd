import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { AppError } from '@tandem/schemas'
import jwt from 'jsonwebtoken'
import { signServiceToken, verifyServiceToken } from './index.ts'

const secret = 'a-service-secret-of-some-forty-characters'
const claims = { sub: 'user-1', session: 's1', run: 'r1' }
const valid = { audience: 'tools', issuer: 'tandem', expiresIn: 60 } as const

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

test('a token carries the claims there and back', () => {
  expect(verifyServiceToken(signServiceToken(claims, secret), secret)).toEqual(claims)
  expect(verifyServiceToken(signServiceToken({ sub: 'u' }, secret), secret)).toEqual({ sub: 'u' })
})

function lifeOf(token: string): number {
  const { iat, exp } = jwt.decode(token) as { iat: number; exp: number }
  return exp - iat
}

test('lives 60 seconds, or as long as asked', () => {
  expect(lifeOf(signServiceToken(claims, secret))).toBe(60)
  expect(lifeOf(signServiceToken(claims, secret, { ttlSeconds: 5 }))).toBe(5)
})

describe('refuses', () => {
  const now = Math.floor(Date.now() / 1000)
  const body = { sub: 'u', aud: 'tools', iss: 'tandem', iat: now, exp: now + 60 }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const good = signServiceToken(claims, secret)
  const [head, , signature] = good.split('.')

  test.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['another secret', signServiceToken(claims, `${secret}x`)],
    ['one that ended', signServiceToken(claims, secret, { ttlSeconds: -1 })],
    ['another audience', jwt.sign({ sub: 'u' }, secret, { ...valid, audience: 'api' })],
    ['no audience', jwt.sign({ sub: 'u' }, secret, { issuer: 'tandem', expiresIn: 60 })],
    ['another issuer', jwt.sign({ sub: 'u' }, secret, { ...valid, issuer: 'other' })],
    ['no end', jwt.sign({ sub: 'u' }, secret, { audience: 'tools', issuer: 'tandem' })],
    ['a long life', jwt.sign({ sub: 'u' }, secret, { ...valid, expiresIn: '1y' })],
    ['no subject', jwt.sign({ session: 's' }, secret, valid)],
    ['an empty subject', jwt.sign({ sub: '' }, secret, valid)],
    ['a session that is no text', jwt.sign({ sub: 'u', session: 5 }, secret, valid)],
    ['a login', jwt.sign({ sub: 'u', role: 'admin' }, secret, { expiresIn: '24h' })],
    ['alg none', `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(body)}.`],
    ['alg None', `${base64url({ alg: 'None', typ: 'JWT' })}.${base64url(body)}.`],
    [
      'alg HS512 with the right secret',
      jwt.sign({ sub: 'u' }, secret, { ...valid, algorithm: 'HS512' }),
    ],
    ['alg RS256', jwt.sign({ sub: 'u' }, privateKey, { ...valid, algorithm: 'RS256' })],
    ['a changed body', `${head}.${base64url({ ...body, sub: 'someone-else' })}.${signature}`],
    ['no signature', good.slice(0, good.lastIndexOf('.') + 1)],
  ])('%s', (_, token) => {
    let thrown: unknown
    try {
      verifyServiceToken(token, secret)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AppError)
    expect(thrown).toMatchObject({ code: 'invalid_service_token', status: 401 })
    if (token) expect((thrown as AppError).message).not.toContain(token)
  })
})
