import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { openAppDb, type UsageRecord } from '@tandem/db'
import type { UsageReport } from '@tandem/schemas'
import {
  chatChunks,
  chatCompletion,
  errorReply,
  jsonReply,
  makeTempDir,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
} from '@tandem/testing'
import { expectErrorBody } from '../support/read-error.ts'
import { spawnGateway } from '../support/spawn-gateway.ts'
import { startGateway, type Gateway } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const model = 'lmstudio/fake-model'
const messages = [{ role: 'user', content: 'twelve chars' }]
const chat = '/v1/chat/completions'

let upstream: FakeModelServer
let gateway: Gateway
let records: UsageRecord[]

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({ env: { LMSTUDIO_BASE_URL: upstream.url } })
  const { record } = gateway.deps.usage
  gateway.deps.usage.record = (row) => {
    records.push(row)
    record(row)
  }
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => {
  records = []
  upstream.reset()
})

async function onlyRecord(): Promise<UsageRecord> {
  await waitUntil(() => records.length > 0)
  expect(records).toHaveLength(1)
  return records[0]!
}

const sse = { 'content-type': 'text/event-stream' }
const delta = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const usage = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 60 },
  completion_tokens_details: { reasoning_tokens: 7 },
}

describe('a record', () => {
  it.each([
    ['whole', false],
    ['streamed', true],
  ])('holds what the provider reported: %s', async (_name, stream) => {
    upstream.reply(
      stream
        ? sseReply(chatChunks({ content: 'Hi there', usage }))
        : jsonReply(chatCompletion({ content: 'Hi there', usage })),
    )
    await (await gateway.post(chat, { model, messages, stream })).text()
    const record = await onlyRecord()
    expect(record).toMatchObject({
      userId: expect.stringMatching(/^user_/),
      keyId: expect.stringMatching(/^key_/),
      provider: 'lmstudio',
      model: 'fake-model',
      promptTokens: 100,
      completionTokens: 20,
      cachedTokens: 60,
      reasoningTokens: 7,
      estimated: false,
      status: 200,
    })
    expect(record.ttftMs).toBeGreaterThanOrEqual(0)
    expect(record.latencyMs).toBeGreaterThanOrEqual(record.ttftMs!)
  })

  it('tells the first token from the first comment', async () => {
    upstream.reply({
      headers: sse,
      chunks: [': PROCESSING\n\n', { delayMs: 150 }, ...splitSse(chatChunks({ content: 'Hi' }))],
    })
    await (await gateway.post(chat, { model, messages, stream: true })).text()
    expect((await onlyRecord()).ttftMs).toBeGreaterThanOrEqual(140)
  })

  it.each([
    ['whole', false],
    ['streamed', true],
  ])('is an estimate where the provider says nothing: %s', async (_name, stream) => {
    const { usage: _usage, ...completion } = chatCompletion({ content: 'x'.repeat(40) }) as {
      usage: unknown
    }
    upstream.reply(
      stream
        ? sseReply(chatChunks({ content: 'x'.repeat(40), includeUsage: false }))
        : jsonReply(completion),
    )
    await (await gateway.post(chat, { model, messages, stream })).text()
    expect(await onlyRecord()).toMatchObject({
      promptTokens: 3,
      completionTokens: 10,
      estimated: true,
      status: 200,
    })
  })

  it('is made when the client leaves in the middle: 499, with what had come', async () => {
    upstream.reply({ headers: sse, chunks: [delta('x'.repeat(80)), { hang: true }] })
    const controller = new AbortController()
    const { signal } = controller
    const response = await gateway.post(
      chat,
      {},
      { body: JSON.stringify({ model, messages, stream: true }), signal },
    )
    await response.body!.getReader().read()
    controller.abort()
    expect(await onlyRecord()).toMatchObject({
      status: 499,
      promptTokens: 3,
      completionTokens: 20,
      estimated: true,
    })
  })

  it('of a stream that breaks off has the status of its error event', async () => {
    upstream.reply({ headers: sse, chunks: [delta('xxxx'), { delayMs: 30 }, { drop: true }] })
    const text = await (await gateway.post(chat, { model, messages, stream: true })).text()
    expect(text).toContain('upstream_interrupted')
    expect(await onlyRecord()).toMatchObject({ status: 502, completionTokens: 1, estimated: true })
  })

  it('of a request that the provider refuses counts no tokens', async () => {
    upstream.reply(errorReply(500, 'boom'))
    await (await gateway.post(chat, { model, messages })).text()
    const record = await onlyRecord()
    expect(record).toMatchObject({
      status: 502,
      promptTokens: 0,
      completionTokens: 0,
      estimated: false,
    })
    expect(record.ttftMs).toBeUndefined()
  })

  it.each([
    ['no model of ours', { model: 'lmstudio', messages }],
    ['no messages', { model }],
    ['a parameter that no model saw', { model: 'demo/assistant', messages, n: 2 }],
  ])('is not made of what never reached a model: %s', async (_name, body) => {
    const response = await gateway.post(chat, body)
    expect(response.status).toBeGreaterThanOrEqual(400)
    await response.text()
    await gateway.get('/v1/models')
    expect(records).toEqual([])
  })

  it('holds a session, and a demo’s events', async () => {
    const response = await gateway.post(chat, {
      model: 'demo/assistant',
      messages,
      session_id: 'usage-test',
    })
    expect(response.status).toBe(200)
    const body = (await response.json()) as { usage: { prompt_tokens: number } }
    expect(await onlyRecord()).toMatchObject({
      sessionId: 'usage-test',
      provider: 'demo',
      promptTokens: body.usage.prompt_tokens,
      estimated: false,
    })
  })

  it('is made of embeddings and legacy completions', async () => {
    upstream.reply(
      jsonReply({ data: [{ embedding: [1] }], usage: { prompt_tokens: 5, total_tokens: 5 } }),
      jsonReply({ choices: [{ text: 'abcd' }] }),
    )
    await (
      await gateway.post('/v1/embeddings', { model, input: 'x', encoding_format: 'float' })
    ).text()
    await waitUntil(() => records.length === 1)
    await (await gateway.post('/v1/completions', { model, prompt: 'abcdefgh' })).text()
    await waitUntil(() => records.length === 2)
    expect(records).toMatchObject([
      { promptTokens: 5, completionTokens: 0, estimated: false },
      { promptTokens: 2, completionTokens: 1, estimated: true },
    ])
  })
})

function splitSse(chunks: object[]): string[] {
  return [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), 'data: [DONE]\n\n']
}

async function loginAs(username: string): Promise<Record<string, string>> {
  const password = 'a long password'
  await gateway.post('/api/users', { username, password })
  const login = await gateway.post('/api/auth/login', { username, password }, {})
  const { access_token } = (await login.json()) as { access_token: string }
  return { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
}

async function reportOf(path: string, headers = gateway.headers): Promise<UsageReport> {
  const response = await gateway.get(path, { headers })
  expect(response.status).toBe(200)
  return (await response.json()) as UsageReport
}

/** How many more requests are told 1.2 s after one. */
async function toldInTime(): Promise<number> {
  const before = (await reportOf('/api/usage')).totals.requests
  upstream.reply(jsonReply(chatCompletion({ content: 'Hi', usage })))
  await (await gateway.post(chat, { model, messages })).text()
  await new Promise((resolve) => setTimeout(resolve, 1200))
  return (await reportOf('/api/usage')).totals.requests - before
}

describe('GET /api/usage', () => {
  let ann: Record<string, string>
  beforeAll(async () => {
    ann = await loginAs('ann')
    records = []
    const ask = (headers: Record<string, string>) => {
      upstream.reply(jsonReply(chatCompletion({ content: 'Hi', usage })))
      return gateway.post(chat, { model, messages }, { headers })
    }
    await (await ask(ann)).text()
    await (await ask(ann)).text()
    await (await ask(gateway.headers)).text()
    await waitUntil(() => records.length === 3)
    await gateway.deps.usage.flush()
  })

  it('sums up one’s own, by day', async () => {
    const { data, totals, from, to, group_by } = await reportOf('/api/usage', ann)
    expect(group_by).toEqual(['day'])
    const sums = {
      requests: 2,
      failed_requests: 0,
      estimated_requests: 0,
      prompt_tokens: 200,
      completion_tokens: 40,
      total_tokens: 240,
      cached_tokens: 120,
      reasoning_tokens: 14,
    }
    expect(totals).toEqual(sums)
    expect(data).toEqual([{ day: new Date().toISOString().slice(0, 10), ...sums }])
    expect(Date.parse(to) - Date.parse(from)).toBeGreaterThan(29 * 86_400_000)
  })

  it('never tells of others, whatever is asked', async () => {
    const { id } = (await (await gateway.get('/api/auth/me')).json()) as { id: string }
    for (const query of [`user_id=${id}`, 'group_by=user', `user=${id}`, `owner=${id}`]) {
      const { totals } = await reportOf(`/api/usage?${query}`, ann)
      expect(totals.requests).toBe(2)
    }
  })

  it('groups by model and user, and takes days and times', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const path = `/api/usage?group_by=model,user&from=${today}&to=${today}`
    const { data } = await reportOf(path, ann)
    expect(data).toMatchObject([
      { provider: 'lmstudio', model: 'fake-model', username: 'ann', requests: 2 },
    ])
    const none = await reportOf('/api/usage?from=2001-01-01T00:00:00Z&to=2001-01-02', ann)
    expect(none).toMatchObject({
      to: '2001-01-03T00:00:00.000Z',
      data: [],
      totals: { requests: 0 },
    })
  })

  it.each([
    ['from=yesterday', 'from'],
    ['from=2026-02-30', 'from'],
    ['to=1e9', 'to'],
    ['from=2026-01-02&to=2026-01-01', 'from'],
    ['from=2026-01-01&from=2026-01-02', 'from'],
    ['group_by=hour', 'group_by'],
    ['group_by=', 'group_by'],
    ['group_by=__proto__', 'group_by'],
  ])('refuses %s', async (query, param) => {
    const response = await gateway.get(`/api/usage?${query}`, { headers: ann })
    expect(response.status).toBe(400)
    const { param: told, code } = expectErrorBody(await response.text())
    expect(told).toMatch(new RegExp(`^${param}`))
    expect(code).toBe('invalid_request')
  })

  it('asks who one is', async () => {
    expect((await fetch(`${gateway.url}/api/usage`)).status).toBe(401)
    expect((await fetch(`${gateway.url}/api/admin/usage`)).status).toBe(401)
  })

  it('shows everyone’s to administrators alone', async () => {
    const refused = await gateway.get('/api/admin/usage', { headers: ann })
    expect(refused.status).toBe(403)
    expectErrorBody(await refused.text())
    const { data } = await reportOf('/api/admin/usage?group_by=user')
    expect(data).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ username: 'ann', requests: 2 }),
        expect.objectContaining({ username: 'admin' }),
      ]),
    )
    const { id } = (await (await gateway.get('/api/auth/me', { headers: ann })).json()) as {
      id: string
    }
    expect((await reportOf(`/api/admin/usage?user_id=${id}`)).totals.requests).toBe(2)
    expect((await reportOf('/api/admin/usage?user_id=user_nobody')).totals.requests).toBe(0)
  })

  it('has each request within about a second', async () => {
    let told = 0
    // A busy machine may be late a few times.
    for (let tries = 0; tries < 5 && told !== 1; tries += 1) told = await toldInTime()
    expect(told).toBe(1)
  })
})

it('what was spent just before the end is on the disk', async () => {
  const folder = await makeTempDir()
  const server = await spawnGateway({ DATA_DIR: folder.path })
  const path = join(folder.path, 'app.db')
  try {
    const body = JSON.stringify({ model: 'demo/assistant', messages })
    const response = await fetch(`${server.url}${chat}`, {
      method: 'POST',
      headers: gateway.headers,
      body,
    })
    expect(response.status).toBe(200)
    await response.text()
    expect(await server.stop('SIGTERM')).toBe(0)
    const db = await openAppDb({ path })
    const sums = await db.usage.summarizeAll({ from: 0, to: Date.now() + 1000, groupBy: ['user'] })
    await db.close()
    expect(sums).toMatchObject([{ username: 'admin', requests: 1 }])
  } finally {
    await server.close()
    await folder.remove()
  }
}, 60_000)
