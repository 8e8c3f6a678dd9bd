import { afterEach, describe, expect, it } from '@jest/globals'
import { chatChunks, sseReply, startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { expectErrorBody } from '../support/read-error.ts'
import { startGateway, type Gateway } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const chat = '/v1/chat/completions'
const demo = 'demo/assistant'
const messages = [{ role: 'user', content: 'Hello' }]

let gateway: Gateway
let upstream: FakeModelServer | undefined
afterEach(async () => {
  await gateway.close()
  await upstream?.close()
  upstream = undefined
})

const limitsOf = ({ headers }: Response) =>
  ['limit', 'remaining', 'reset'].map((word) => headers.get(`x-ratelimit-${word}-requests`))

async function keyOf(headers: Record<string, string>): Promise<Record<string, string>> {
  const made = await gateway.post('/api/keys', { name: 'another' }, { headers })
  const { key } = (await made.json()) as { key: string }
  return { ...headers, authorization: `Bearer ${key}` }
}

async function newUser(username: string): Promise<Record<string, string>> {
  const password = 'a long password'
  await gateway.post('/api/users', { username, password })
  const login = await gateway.post('/api/auth/login', { username, password })
  const { access_token } = (await login.json()) as { access_token: string }
  return { ...gateway.headers, authorization: `Bearer ${access_token}` }
}

describe('requests a minute', () => {
  it('are counted, told, and refused with the time to wait', async () => {
    gateway = await startGateway({ env: { RATE_LIMIT_RPM: '3' } })
    const first = await gateway.post(chat, { model: demo, messages })
    expect(first.status).toBe(200)
    expect(limitsOf(first)).toEqual(['3', '2', expect.stringMatching(/^(\d+s|1m0s)$/)])
    expect(limitsOf(await gateway.get('/v1/models'))[1]).toBe('1')
    const stream = await gateway.post(chat, { model: demo, messages, stream: true })
    expect(limitsOf(stream)[1]).toBe('0')
    await stream.text()
    const refused = await gateway.post(chat, { model: demo, messages, stream: true })
    expect(refused.status).toBe(429)
    expect(limitsOf(refused).slice(0, 2)).toEqual(['3', '0'])
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
    expect(expectErrorBody(await refused.text())).toMatchObject({
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      message: expect.stringContaining('3 requests a minute'),
    })
  })

  it('are not used up by what a tool asks', async () => {
    gateway = await startGateway({ env: { RATE_LIMIT_RPM: '1' } })
    const { auth, db } = gateway.deps
    const { id: userId } = (await db.users.findFirstAdmin())!
    const headers = {
      ...gateway.headers,
      authorization: `Bearer ${auth.modelsTokens.issue({ userId })}`,
    }
    for (let asked = 0; asked < 3; asked += 1) {
      const response = await gateway.post(chat, { model: demo, messages }, { headers })
      expect([response.status, ...limitsOf(response)]).toEqual([200, null, null, null])
    }
    expect((await gateway.post(chat, { model: demo, messages })).status).toBe(200)
    expect((await gateway.post(chat, { model: demo, messages })).status).toBe(429)
  })

  it('are one user’s over all keys and logins, and nobody else’s', async () => {
    gateway = await startGateway({ env: { RATE_LIMIT_RPM: '3' } })
    const [ann, ben] = [await newUser('ann'), await newUser('ben')]
    // The first of three.
    const annsKey = await keyOf(ann)
    const ask = async (headers: Record<string, string>) =>
      (await gateway.get('/v1/models', { headers })).status
    expect([await ask(ann), await ask(annsKey), await ask(ann), await ask(annsKey)]).toEqual([
      200, 200, 429, 429,
    ])
    expect(await ask(ben)).toBe(200)
  })

  it('can be fewer for each key', async () => {
    gateway = await startGateway({ env: { RATE_LIMIT_RPM: '10', RATE_LIMIT_KEY_RPM: '2' } })
    const other = await keyOf(gateway.headers)
    const first = await gateway.get('/v1/models')
    expect(limitsOf(first).slice(0, 2)).toEqual(['2', '0'])
    const refused = await gateway.get('/v1/models')
    expect(refused.status).toBe(429)
    expect(limitsOf(refused).slice(0, 2)).toEqual(['2', '0'])
    expect((await gateway.get('/v1/models', { headers: other })).status).toBe(200)
  })

  it('are not counted for strangers, for health and docs, or with 0', async () => {
    gateway = await startGateway({ env: { RATE_LIMIT_RPM: '1' } })
    await gateway.get('/v1/models')
    for (const path of ['/', '/health', '/healthz', '/docs', '/openapi.json']) {
      const response = await gateway.get(path)
      expect([path, response.status]).toEqual([path, 200])
      expect(limitsOf(response)).toEqual([null, null, null])
    }
    const stranger = await gateway.get('/v1/models', { headers: { authorization: 'Bearer x' } })
    expect(stranger.status).toBe(401)
    await gateway.close()
    gateway = await startGateway({ env: { RATE_LIMIT_RPM: '0' } })
    const free = await gateway.get('/v1/models')
    expect(free.status).toBe(200)
    expect(limitsOf(free)).toEqual([null, null, null])
  })
})

describe('streams at once', () => {
  it('are bounded for each user, and a place is free again when one ends or its client leaves', async () => {
    upstream = await startFakeModelServer()
    gateway = await startGateway({
      env: { LMSTUDIO_BASE_URL: upstream.url, MAX_CONCURRENT_STREAMS: '2' },
    })
    const ann = await newUser('ann')
    const open: AbortController[] = []
    const stream = (headers = gateway.headers) => {
      const controller = new AbortController()
      open.push(controller)
      const body = JSON.stringify({ model: 'lmstudio/fake-model', messages, stream: true })
      return gateway.post(chat, {}, { headers, body, signal: controller.signal })
    }
    const hanging = {
      headers: { 'content-type': 'text/event-stream' },
      chunks: [
        'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n',
        { hang: true as const },
      ],
    }
    upstream.reply(hanging, hanging, hanging)
    expect((await stream()).status).toBe(200)
    expect((await stream()).status).toBe(200)
    const refused = await stream()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(expectErrorBody(await refused.text()).code).toBe('rate_limit_exceeded')
    // Whole answers and other users go on.
    expect((await gateway.post(chat, { model: demo, messages })).status).toBe(200)
    expect((await stream(ann)).status).toBe(200)

    open[0]!.abort()
    upstream.onRequest(() => sseReply(chatChunks({ content: 'Hi' })))
    let status = 429
    await waitUntil(() => gateway.deps.open.count() === 2)
    for (let n = 0; n < 3; n += 1) {
      const next = await stream()
      status = next.status
      await next.text()
    }
    expect(status).toBe(200)
    for (const controller of open) controller.abort()
  })
})

const many = (count: number) => Array.from({ length: count }, () => messages[0])
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('what a request may hold', () => {
  it('is bounded in messages', async () => {
    gateway = await startGateway({ env: { MAX_MESSAGES: '3' } })
    expect((await gateway.post(chat, { model: demo, messages: many(3) })).status).toBe(200)
    const refused = await gateway.post(chat, { model: demo, messages: many(4) })
    expect(refused.status).toBe(400)
    expect(expectErrorBody(await refused.text())).toMatchObject({
      param: 'messages',
      message: expect.stringMatching(/4 messages.*MAX_MESSAGES/),
    })
  })

  it('is bounded in depth, at every door', async () => {
    gateway = await startGateway({ env: { MAX_JSON_DEPTH: '16' } })
    for (const path of [chat, '/v1/completions', '/v1/embeddings']) {
      for (const depth of [16, 100_000]) {
        const body = `{"model":"${demo}","messages":[{"role":"user","content":"x"}],"x":${nested(depth)}}`
        const refused = await gateway.post(path, body)
        expect(refused.status).toBe(400)
        expect(expectErrorBody(await refused.text()).message).toMatch(/16 levels deep/)
      }
    }
    const fine = `{"model":"${demo}","messages":[{"role":"user","content":"x"}],"x":${nested(15)}}`
    expect((await gateway.post(chat, fine)).status).toBe(200)
  })

  it('is bounded in bytes', async () => {
    gateway = await startGateway({ env: { BODY_LIMIT_MB: '1' } })
    const content = 'x'.repeat(2 ** 20)
    const refused = await gateway.post(chat, { model: demo, messages: [{ role: 'user', content }] })
    expect(refused.status).toBe(413)
    expect(expectErrorBody(await refused.text()).code).toBe('request_too_large')
  })
})
