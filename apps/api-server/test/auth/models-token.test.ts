import { createSecretKey } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { signServiceToken } from '@tandem/tools'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import jwt from 'jsonwebtoken'
import { jwtSecretKey, startGateway, type Gateway } from '../support/start-gateway.ts'

let model: FakeModelServer
let gateway: Gateway
let now: number
let userId: string

beforeEach(async () => {
  now = Date.now()
  model = await startFakeModelServer({ models: ['small', 'large'] })
  gateway = await startGateway({
    env: { LMSTUDIO_BASE_URL: model.url, DEFAULT_MODEL: 'lmstudio/small' },
    now: () => now,
  })
  userId = (await gateway.deps.db.users.findFirstAdmin())!.id
})

afterEach(async () => {
  await gateway.close()
  await model.close()
})

const messages = [{ role: 'user', content: 'Hi' }]

function send(token: string, path = '/v1/chat/completions', body: object = {}): Promise<Response> {
  return gateway.post(
    path,
    { messages, ...body },
    {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    },
  )
}

function issue(more: object = {}): string {
  return gateway.deps.auth.modelsTokens.issue({ userId, ...more })
}

describe('a models token', () => {
  test("opens chat completions, with the call's model where none is named", async () => {
    expect((await send(issue())).status).toBe(200)
    expect((await send(issue({ model: 'lmstudio/large' }))).status).toBe(200)
    const named = await send(issue({ model: 'lmstudio/large' }), undefined, {
      model: 'lmstudio/small',
    })
    expect(named.status).toBe(200)
    const asked = model.journal.filter(({ method }) => method === 'POST')
    expect(asked.map(({ json }) => (json as { model: string }).model)).toEqual([
      'small',
      'large',
      'small',
    ])
  })

  test.each([
    ['agent_type', 'react'],
    ['session_id', 'sess_1'],
    ['available_tools', ['websearch']],
  ])('starts no agents and touches no sessions: %s', async (param, value) => {
    const response = await send(issue(), undefined, { [param]: value })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: 'permission_denied', param } })
  })

  test('opens nothing else', async () => {
    const token = issue()
    const headers = { authorization: `Bearer ${token}` }
    for (const path of ['/v1/models', '/api/auth/me', '/api/keys', '/api/users', '/api/usage'])
      expect([path, (await gateway.get(path, { headers })).status]).toEqual([path, 401])
    expect((await send(token, '/v1/embeddings', { input: 'x' })).status).toBe(401)
    const bare = token.slice('models-'.length)
    expect(
      (await gateway.get('/api/auth/me', { headers: { authorization: `Bearer ${bare}` } })).status,
    ).toBe(401)
    expect((await send(bare)).status).toBe(401)
  })

  test('ends after ten minutes', async () => {
    const token = issue()
    now += 599_000
    expect((await send(token)).status).toBe(200)
    now += 2_000
    expect((await send(token)).status).toBe(401)
  })

  test('ends with its user', async () => {
    const { db } = gateway.deps
    const token = gateway.deps.auth.modelsTokens.issue({ userId: 'nobody' })
    expect((await send(token)).status).toBe(401)
    const { id } = (await db.users.create({ username: 'ann', passwordHash: 'x', role: 'user' }))!
    const anns = gateway.deps.auth.modelsTokens.issue({ userId: id })
    expect((await send(anns)).status).toBe(200)
    await db.users.update(id, { disabled: true })
    expect((await send(anns)).status).toBe(401)
  })
})

describe('is not forged', () => {
  const key = createSecretKey(jwtSecretKey, 'utf8')
  const valid = { issuer: 'tandem', audience: 'models', expiresIn: 60 } as const
  test.each<[string, () => string]>([
    ['nothing', () => ''],
    ['text', () => 'hello'],
    ["the tools server's secret", () => jwt.sign({ sub: userId }, 's'.repeat(43), valid)],
    ['a service token', () => signServiceToken({ sub: userId }, 's'.repeat(43))],
    ['a login', () => jwt.sign({ sub: userId }, key, { ...valid, audience: 'login' })],
    ['no end', () => jwt.sign({ sub: userId }, key, { issuer: 'tandem', audience: 'models' })],
    ['no subject', () => jwt.sign({}, key, valid)],
    ['HS512', () => jwt.sign({ sub: userId }, key, { ...valid, algorithm: 'HS512' })],
    [
      'alg none',
      () =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(
          JSON.stringify({ sub: userId, aud: 'models', iss: 'tandem', exp: 9e9 }),
        ).toString('base64url')}.`,
    ],
  ])('%s', async (_, make) => {
    const response = await send(`models-${make()}`)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_api_key' } })
  })

  test('logins and keys go their usual way', async () => {
    expect((await gateway.post('/v1/chat/completions', { messages })).status).toBe(200)
  })
})
