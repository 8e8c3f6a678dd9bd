import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { expectErrorBody } from './support/read-error.ts'
import { startGateway, type Gateway } from './support/start-gateway.ts'
import { startForgetfulServer, type ForgetfulServer } from './support/forgetful-server.ts'
import { waitUntil } from './support/wait-until.ts'

let upstream: ForgetfulServer
let gateway: Gateway

beforeEach(async () => {
  upstream = await startForgetfulServer()
  gateway = await startGateway({ env: { PRIVATE_CLOUD_ENDPOINT: upstream.baseUrl } })
})
afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

const messages = [{ role: 'user', content: 'Hello' }]
const model = 'private/m'
const chat = { model, messages }
const requests: { name: string; path: string; body: object }[] = [
  { name: 'chat', path: '/v1/chat/completions', body: chat },
  { name: 'a streamed chat', path: '/v1/chat/completions', body: { ...chat, stream: true } },
  { name: 'embeddings', path: '/v1/embeddings', body: { model, input: 'Hello' } },
  { name: 'completions', path: '/v1/completions', body: { model, prompt: 'Hello' } },
]
const ask = (init?: RequestInit): Promise<Response> =>
  gateway.post('/v1/chat/completions', chat, init)

/** One answer, after which its connection is kept. */
async function warmUp(): Promise<void> {
  expect(await (await ask()).text()).toContain('Well met')
  expect(upstream.connections()).toBe(1)
}

describe.each(['fin', 'reset'] as const)('a kept connection that meets %s', (how) => {
  it.each(requests)('is no fault to $name', async ({ path, body }) => {
    await warmUp()
    upstream.onReuse(how)
    const response = await gateway.post(path, body)
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 200,
      text: expect.stringMatching(/Well.* met/s),
    })
    expect(upstream.requests).toHaveLength(3)
    expect(upstream.requests[2]).toEqual({ ...upstream.requests[1], connection: 2 })
    expect(upstream.connections()).toBe(2)
  })

  it('is no fault to an agent, which does not wait before it asks again', async () => {
    await warmUp()
    upstream.onReuse(how)
    const body = { ...chat, agent_type: 'react', available_tools: [] }
    const started = performance.now()
    const text = await (await gateway.post('/v1/chat/completions', body)).text()
    expect(text).toContain('Well met')
    expect(upstream.requests).toHaveLength(3)
    // The retry wrapper would have waited 125 ms at least.
    expect(performance.now() - started).toBeLessThan(120)
  })
})

it('each of many that are stale is replaced by a new one', async () => {
  upstream.delayMs(50)
  const many = Array.from({ length: 6 })
  await Promise.all(many.map(async () => (await ask()).text()))
  expect(upstream.connections()).toBe(6)
  upstream.onReuse('late reset')
  const statuses = await Promise.all(many.map(async () => (await ask()).status))
  expect(statuses).toEqual(many.map(() => 200))
  expect(upstream.requests).toHaveLength(18)
  expect(upstream.connections()).toBe(12)
})

describe('it is not asked again', () => {
  it.each(['fin', 'reset'] as const)('where a new connection meets %s', async (how) => {
    upstream.onNew(how)
    const response = await ask()
    expect(response.status).toBe(502)
    expect(expectErrorBody(await response.text()).code).toBe('upstream_interrupted')
    expect(upstream.requests).toHaveLength(1)
  })

  it('a third time', async () => {
    await warmUp()
    upstream.onReuse('reset')
    upstream.onNew('reset')
    const response = await ask()
    expect(response.status).toBe(502)
    expect(expectErrorBody(await response.text()).code).toBe('upstream_interrupted')
    expect(upstream.requests).toHaveLength(3)
  })

  it.each(['part of a head', 'a head', 'part of a body'] as const)(
    'where %s had come',
    async (how) => {
      await warmUp()
      upstream.onReuse(how)
      const response = await ask()
      expect(response.status).toBe(502)
      expect(expectErrorBody(await response.text()).code).toBe('upstream_interrupted')
      expect(upstream.requests).toHaveLength(2)
    },
  )

  it('where the client is gone', async () => {
    await warmUp()
    upstream.onReuse('late reset')
    const leave = new AbortController()
    const left = expect(ask({ signal: leave.signal })).rejects.toThrow('aborted')
    await waitUntil(() => upstream.requests.length === 2)
    leave.abort()
    await left
    await sleep(150)
    expect(upstream.requests).toHaveLength(2)
    expect((await gateway.get('/health')).status).toBe(200)
  })
})

it('the new connection is closed behind its answer, and the next request keeps its own', async () => {
  await warmUp()
  upstream.onReuse('fin')
  await (await ask()).text()
  upstream.onReuse('answer')
  await waitUntil(() => upstream.openConnections() === 0)
  await (await ask()).text()
  await (await ask()).text()
  expect(upstream.connections()).toBe(3)
})

it('a client that leaves while it is asked again ends that request too', async () => {
  await warmUp()
  upstream.onReuse('reset')
  upstream.delayMs(5_000)
  const leave = new AbortController()
  const left = expect(ask({ signal: leave.signal })).rejects.toThrow('aborted')
  await waitUntil(() => upstream.requests.length === 3)
  leave.abort()
  await left
  await waitUntil(() => upstream.openConnections() === 0, { ms: 2_000 })
})
