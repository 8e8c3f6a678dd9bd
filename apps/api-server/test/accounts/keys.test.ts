/** `/api/keys`, and what opens the door: keys and logins, with fetch and with OpenAI's own client. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import OpenAI, { AuthenticationError } from 'openai'
import { apiKey, startGateway, type Gateway } from '../support/start-gateway.ts'
import { addPerson, ask, type Person } from './people.ts'

let gateway: Gateway
let ann: Person
let ben: Person
let clock = 0
let count = 0

beforeAll(async () => {
  gateway = await startGateway({ now: () => Date.now() + clock })
})
afterAll(async () => gateway.close())
beforeEach(async () => {
  ann = await addPerson(gateway, `ann${++count}`)
  ben = await addPerson(gateway, `ben${count}`)
})
afterEach(() => {
  clock = 0
})

const client = (key: string) => new OpenAI({ baseURL: gateway.baseUrl, apiKey: key, maxRetries: 0 })
const me = (as: string) => ask(gateway, '/api/auth/me', { as })
const make = (as: string, body: unknown = {}) => ask(gateway, '/api/keys', { as, body })
const list = async (as: string) => (await ask(gateway, '/api/keys', { as })).json.keys
const remove = (as: string, id: string) => ask(gateway, `/api/keys/${id}`, { method: 'DELETE', as })

describe('making keys', () => {
  it('shows the key once and stores only its hash', async () => {
    const { status, json, headers } = await make(ann.token, { name: ' laptop ' })
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(json).toEqual({
      id: expect.stringMatching(/^key_/),
      name: 'laptop',
      prefix: json.key.slice(0, 16),
      key: expect.stringMatching(/^sk-tandem-[\w-]{43}$/),
      created_at: expect.stringMatching(/Z$/),
      expires_at: null,
      last_used_at: null,
    })
    expect((await me(json.key)).json.username).toBe(ann.username)
    const { key, ...shown } = json
    expect(await list(ann.token)).toContainEqual(shown)
    expect(JSON.stringify(await list(ann.token))).not.toContain(key)
  })

  it.each<[unknown, string]>([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 7 }, 'name'],
    [{ expires_at: 'tomorrow' }, 'expires_at'],
    [{ expires_in: 5 }, 'expires_in'],
    [{ expires_at: 1893456000 }, 'expires_at'],
    [{ expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
  ])('refuses %j', async (body, param) => {
    const { status, json } = await make(ann.token, body)
    expect([status, json.error.param]).toEqual([400, param])
  })

  it('a key stops at its time to the second, also where it was just used', async () => {
    const end = Date.now() + 3_600_000
    const { json } = await make(ann.token, { expires_at: new Date(end).toISOString() })
    clock = end - Date.now() - 1000
    expect((await me(json.key)).status).toBe(200)
    clock += 1100
    const { status, json: refused } = await me(json.key)
    expect(status).toBe(401)
    expect(refused.error.message).toMatch(/^Incorrect API key provided: this key has expired/)
  })

  it('when a key was last used is known', async () => {
    await me(ann.key)
    await gateway.deps.auth.keyUses.flush()
    const [key] = await list(ann.token)
    expect(Date.parse(key.last_used_at)).toBeGreaterThan(Date.now() - 60_000)
  })
})

describe('a user has so many keys and no more', () => {
  it('is told which limit it is and how to go on, also where many are made at once', async () => {
    const few = await startGateway({ env: { API_KEYS_PER_USER: '3' } })
    try {
      const carl = await addPerson(few, 'carl')
      const makeOne = () => ask(few, '/api/keys', { as: carl.token, body: {} })
      const made = await Promise.all(Array.from({ length: 5 }, makeOne))
      expect(made.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
        201, 201, 409, 409, 409,
      ])
      const refused = made.find(({ status }) => status === 409)
      expect(refused?.json.error).toEqual({
        message:
          'You have 3 API keys already, and may have no more. Remove one: DELETE /api/keys/{id}.',
        type: 'invalid_request_error',
        param: null,
        code: 'key_quota_exceeded',
      })
      const dora = await addPerson(few, 'dora')
      expect(dora.key).toMatch(/^sk-tandem-/)
      await ask(few, `/api/keys/${carl.keyId}`, { method: 'DELETE', as: carl.token })
      expect((await makeOne()).status).toBe(201)
    } finally {
      await few.close()
    }
  })

  it('which are a hundred where nothing is set', () => {
    expect(gateway.deps.config.apiKeysPerUser).toBe(100)
  })
})

describe('deleting keys', () => {
  it('stops a key at once, though it was just used, and no other', async () => {
    const { json } = await make(ann.token)
    for (const key of [json.key, ann.key]) expect((await me(key)).status).toBe(200)
    expect((await remove(ann.token, json.id)).json).toEqual({ id: json.id, deleted: true })
    expect((await me(json.key)).status).toBe(401)
    expect((await me(ann.key)).status).toBe(200)
    expect((await remove(ann.token, json.id)).status).toBe(404)
  })

  it('someone else’s key is not found, not even for an admin, and goes on', async () => {
    for (const as of [ben.token, ben.key, apiKey]) {
      const { status, json } = await remove(as, ann.keyId)
      expect([status, json.error.code]).toEqual([404, 'not_found'])
    }
    expect((await me(ann.key)).status).toBe(200)
    expect(JSON.stringify(await list(ben.token))).not.toContain(ann.keyId)
  })

  it.each(['x', '%00', '%F0%9F%98%80', "'%20or%201=1--"])('the id %s is a 404', async (id) => {
    expect((await remove(ann.token, id)).status).toBe(404)
  })
})

describe('the door', () => {
  it.each<[string, (credential: string) => Record<string, string>]>([
    ['Authorization: Bearer', (key) => ({ authorization: `Bearer ${key}` })],
    ['authorization: bearer', (key) => ({ authorization: `bearer  ${key} ` })],
    ['x-api-key', (key) => ({ 'x-api-key': key })],
    ['api-key', (key) => ({ 'api-key': key })],
    ['api-key beside Basic', (key) => ({ authorization: 'Basic eDp5', 'api-key': key })],
  ])('takes keys and logins as %s, the first time and the next', async (_, headersOf) => {
    for (const credential of [ann.key, ann.token, ann.key, ann.token]) {
      const { status, json } = await ask(gateway, '/api/auth/me', {
        headers: headersOf(credential),
      })
      expect([status, json.username]).toEqual([200, ann.username])
    }
  })

  it('a credential that is not quite right opens nothing', async () => {
    expect((await me(ann.key)).status).toBe(200)
    expect((await me(ann.token)).status).toBe(200)
    for (const credential of [ann.key, ann.token])
      for (const wrong of [
        credential.slice(0, -1),
        `${credential}x`,
        credential.toUpperCase(),
        `${credential} ${credential}`,
        `Bearer ${credential}`,
        credential.slice(0, 16),
      ])
        expect((await me(wrong)).status).toBe(401)
    expect(
      (await ask(gateway, '/api/auth/me', { headers: { authorization: ann.key } })).status,
    ).toBe(401)
  })

  it('without a credential it says so, in the words that clients look for', async () => {
    const { status, json, headers } = await ask(gateway, '/v1/models')
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(json.error.message).toMatch(/^Incorrect API key provided: the request has none\. /)
    const wrong = await ask(gateway, '/v1/models', { as: 'sk-tandem-wrong' })
    expect(wrong.json.error).toMatchObject({
      message: expect.stringMatching(/^Incorrect API key provided\. /),
      type: 'authentication_error',
      code: 'invalid_api_key',
    })
  })
})

describe('the openai client', () => {
  const hello = {
    model: 'demo/assistant',
    messages: [{ role: 'user' as const, content: 'What is 15 * 23?' }],
  }

  it.each(['key', 'token'] as const)('works with a %s, streamed and not', async (which) => {
    const openai = client(ann[which])
    const answer = await openai.chat.completions.create(hello)
    expect(answer.choices[0]?.message.content).toContain('345')
    let streamed = ''
    for await (const chunk of await openai.chat.completions.create({ ...hello, stream: true }))
      streamed += chunk.choices[0]?.delta.content ?? ''
    expect(streamed).toContain('345')
    expect((await openai.models.list()).data.map(({ id }) => id)).toContain('demo/assistant')
  })

  it('throws its own AuthenticationError once the key is deleted or the login ended', async () => {
    const clients = [client(ann.key), client(ann.token)]
    for (const openai of clients) await openai.models.list()
    await remove(ann.token, ann.keyId)
    await ask(gateway, '/api/auth/logout', { method: 'POST', as: ann.token })
    for (const openai of clients)
      await expect(openai.models.list()).rejects.toBeInstanceOf(AuthenticationError)
  })

  it('an answer that streams when the key is deleted is finished; the next is refused', async () => {
    const openai = client(ann.key)
    const stream = await openai.chat.completions.create({
      ...hello,
      messages: [{ role: 'user', content: 'Count from 1 to 40' }],
      stream: true,
    })
    await remove(ann.token, ann.keyId)
    let finish: string | null | undefined
    for await (const chunk of stream) finish = chunk.choices[0]?.finish_reason ?? finish
    expect(finish).toBe('stop')
    await expect(openai.models.list()).rejects.toBeInstanceOf(AuthenticationError)
  })
})

describe('when the storage is down', () => {
  it('a credential is answered with 503 and retry-after, never with 401; what was just verified works', async () => {
    const broken = await startGateway()
    expect((await ask(broken, '/v1/models', { as: apiKey })).status).toBe(200)
    await broken.deps.db.close()
    expect((await ask(broken, '/v1/models', { as: apiKey })).status).toBe(200)
    for (const as of [
      'sk-tandem-unknown',
      'x',
      broken.deps.auth.tokens.issue({ id: 'u', tokenVersion: 0 }).access_token,
    ]) {
      const { status, json, headers } = await ask(broken, '/v1/models', { as })
      expect([status, json.error.code]).toEqual([503, 'storage_unavailable'])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    }
    const body = { username: 'admin', password: 'x' }
    expect((await ask(broken, '/api/auth/login', { body })).status).toBe(503)
    await broken.close().catch(() => {})
  })
})

it('a verified credential is a look into memory: the database is not asked again', async () => {
  const { apiKeys } = gateway.deps.db
  const real = apiKeys.findByHash
  let asked = 0
  apiKeys.findByHash = (hash) => {
    asked += 1
    return real(hash)
  }
  try {
    for (let request = 0; request < 20; request += 1) await me(ben.key)
    expect(asked).toBeLessThanOrEqual(2)
    expect(asked).toBeGreaterThan(0)
  } finally {
    apiKeys.findByHash = real
  }
})
