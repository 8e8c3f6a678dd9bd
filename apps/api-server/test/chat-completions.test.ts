import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { startGateway, type Gateway } from './support/start-gateway.ts'

let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const messages = [{ role: 'user', content: 'Hello' }]

describe('POST /v1/chat/completions', () => {
  it('relays an answer byte for byte', async () => {
    const response = await gateway.post('/v1/chat/completions', {
      model: 'lmstudio/fake-model',
      messages,
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ object: 'chat.completion' })
    expect(upstream.journal.at(-1)?.json).toEqual({ messages, model: 'fake-model' })
  })
})
