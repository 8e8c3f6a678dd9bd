/** The gateway in front of a real llama.cpp server with a real small model. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import OpenAI from 'openai'
import { startLlamaServer } from '@tandem/testing'
import { expectErrorBody } from './support/read-error.ts'
import { apiKey, startGateway, type Gateway } from './support/start-gateway.ts'
import { waitUntil } from './support/wait-until.ts'

const llama = await startLlamaServer()
// `startLlamaServer` has said loudly what is absent.
const describeLlama = 'skipped' in llama ? describe.skip : describe
const model = 'skipped' in llama ? '' : `llamacpp/${llama.model}`

describeLlama('llama.cpp behind the gateway', () => {
  let gateway: Gateway
  let client: OpenAI

  beforeAll(async () => {
    if ('skipped' in llama) return
    gateway = await startGateway({ env: { LLAMACPP_BASE_URL: llama.url } })
    client = new OpenAI({ baseURL: gateway.baseUrl, apiKey, maxRetries: 0 })
  })
  afterAll(async () => {
    await gateway.close()
    if (!('skipped' in llama)) await llama.close()
  })

  const messages = [{ role: 'user' as const, content: 'Say hi.' }]
  const settings = { model, messages, temperature: 0, seed: 1 }

  /** The request's line in the log, written a moment after the answer was read. */
  async function requestLine(): Promise<Record<string, unknown> | undefined> {
    let line: Record<string, unknown> | undefined
    await waitUntil(() => {
      line = gateway.logs.find(({ msg }) => msg === 'request')
      return line !== undefined
    })
    return line
  }
  beforeEach(() => {
    gateway.logs.length = 0
  })

  it('its model is listed with its context', async () => {
    const response = await gateway.get('/v1/models')
    const { data } = (await response.json()) as { data: { id: string; context_length?: number }[] }
    expect(data.find(({ id }) => id === model)).toMatchObject({
      context_length: 'skipped' in llama ? 0 : llama.contextLength,
    })
  })

  it('answers, with usage', async () => {
    const answer = await client.chat.completions.create({ ...settings, max_tokens: 8 })
    expect(answer.choices[0]?.message.content).toMatch(/\w/)
    expect(answer.usage).toMatchObject({ completion_tokens: 8 })
    expect(answer.choices[0]?.finish_reason).toBe('length')
    expect(await requestLine()).toMatchObject({
      promptTokens: answer.usage?.prompt_tokens,
      completionTokens: 8,
    })
  })

  it('answers by its bare name', async () => {
    const bare = model.slice('llamacpp/'.length)
    const answer = await client.chat.completions.create({ ...settings, model: bare, max_tokens: 2 })
    expect(answer.usage?.completion_tokens).toBe(2)
  })

  it('streams the same text, and usage where it is asked for', async () => {
    const whole = await client.chat.completions.create({ ...settings, max_tokens: 8 })
    const stream = await client.chat.completions.create({
      ...settings,
      max_tokens: 8,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let usage: OpenAI.CompletionUsage | null | undefined
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage ?? usage
    }
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(usage).toMatchObject({ completion_tokens: 8 })
  })

  it('counts the usage of a stream that did not ask for it, and keeps it for itself', async () => {
    const response = await gateway.post('/v1/chat/completions', {
      ...settings,
      max_tokens: 5,
      stream: true,
    })
    const text = await response.text()
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
    expect(text).not.toMatch(/"choices":\[\]/)
    expect(text.match(/"finish_reason":"/g)).toHaveLength(1)
    expect(await requestLine()).toMatchObject({
      completionTokens: 5,
      promptTokens: expect.any(Number),
    })
  })

  it('a stream that is stopped midway frees its only slot', async () => {
    const asked = 400
    const stream = await client.chat.completions.create({
      ...settings,
      max_tokens: asked,
      stream: true,
      ...({ ignore_eos: true } as object),
    })
    let seen = 0
    let first = 0
    for await (const _chunk of stream) {
      if (seen === 0) first = performance.now()
      seen += 1
      if (seen === 20) break
    }
    const stopped = performance.now()
    const remaining = ((stopped - first) / (seen - 1)) * (asked - seen)
    await client.chat.completions.create({ ...settings, max_tokens: 1 })
    expect(performance.now() - stopped).toBeLessThan(remaining / 2)
  })

  it.each([true, false])('a prompt that is too long is a 400 (stream: %s)', async (stream) => {
    const long = [{ role: 'user', content: 'word '.repeat(700) }]
    const response = await gateway.post('/v1/chat/completions', {
      ...settings,
      messages: long,
      stream,
    })
    expect(response.status).toBe(400)
    expect(expectErrorBody(await response.text())).toMatchObject({
      code: 'context_length_exceeded',
      type: 'invalid_request_error',
    })
  })

  it('a request that it refuses is the 400 of the caller', async () => {
    const response = await gateway.post('/v1/chat/completions', {
      ...settings,
      response_format: { type: 'nonsense' },
    })
    expect(response.status).toBe(400)
    expect(expectErrorBody(await response.text()).message).toMatch(/response_format|nonsense|type/)
  })
})
