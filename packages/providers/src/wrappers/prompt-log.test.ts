import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  chatCompletion,
  errorReply,
  jsonReply,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
} from '@tandem/testing'
import {
  collect,
  createDemoProvider,
  createOpenAICompatibleProvider,
  withPromptLog,
  type LanguageModel,
  type ModelCall,
  type Provider,
  type RelayRequest,
} from '../index.ts'

let upstream: FakeModelServer
let provider: Provider
let calls: ModelCall[]
let model: LanguageModel

beforeEach(async () => {
  upstream = await startFakeModelServer()
  provider = createOpenAICompatibleProvider({
    name: 'fake',
    baseUrl: upstream.baseUrl,
    timeouts: {
      connectTimeoutMs: 1000,
      firstByteTimeoutMs: 5000,
      silenceTimeoutMs: 5000,
      totalTimeoutMs: 10_000,
    },
  })
  calls = []
  model = withPromptLog(provider.model('m'), { onCall: (call) => void calls.push(call) })
})
afterEach(async () => {
  await provider.close()
  await upstream.close()
})

const signal = () => new AbortController().signal
const messages = [{ role: 'user' as const, content: 'Hello?' }]

function relayRequest(change: Partial<RelayRequest> = {}): RelayRequest {
  return {
    endpoint: 'chat/completions',
    body: Buffer.from(JSON.stringify({ model: 'x', messages, session_id: 's', stream: true })),
    model: 'x',
    stream: true,
    set: { temperature: '0.5' },
    remove: ['session_id'],
    requestId: 'req_1',
    ...change,
  }
}

async function relayed(change?: Partial<RelayRequest>): Promise<string> {
  const response = await model.relay!(relayRequest(change), { signal: signal() })
  if (response.kind === 'whole') return response.body.toString()
  const pieces: Buffer[] = []
  await response.body.pipeTo({ write: (bytes) => void pieces.push(bytes) })
  return Buffer.concat(pieces).toString()
}

const only = (): ModelCall => {
  expect(calls).toHaveLength(1)
  return calls[0]!
}

const event = (choices: object[]) => `data: ${JSON.stringify({ choices })}\n\n`
const call = (fields: object) => [{ index: 0, ...fields }]

describe('a relayed stream', () => {
  it('passes byte for byte and is told with what was really sent', async () => {
    upstream.reply(sseReply(chatChunks({ content: 'Hi there', includeUsage: true })))
    const bytes = await relayed()
    expect(bytes).toContain('data: [DONE]')
    expect(only()).toMatchObject({
      provider: 'fake',
      model: 'm',
      prompt: { model: 'x', messages, temperature: 0.5, stream: true },
      answer: [
        { index: 0, message: { role: 'assistant', content: 'Hi there' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: expect.any(Number) },
    })
    expect(only().prompt).not.toHaveProperty('session_id')
    expect(only().error).toBeUndefined()
  })

  it('puts calls together, choice by choice', async () => {
    upstream.reply({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [
        event([
          { index: 0, delta: { role: 'assistant', content: 'a' }, finish_reason: null },
          { index: 1, delta: { content: 'b' }, finish_reason: null },
        ]),
        event([
          {
            index: 0,
            delta: {
              tool_calls: call({
                id: 'c',
                type: 'function',
                function: { name: 'f', arguments: '{"x"' },
              }),
            },
          },
        ]),
        event([{ index: 0, delta: { tool_calls: call({ function: { arguments: ':1}' } }) } }]),
        event([
          { index: 0, delta: {}, finish_reason: 'tool_calls' },
          { index: 1, delta: { content: 'c' }, finish_reason: 'stop' },
        ]),
        'data: [DONE]\n\n',
      ],
    })
    await relayed()
    const first = only().answer as unknown[]
    expect(JSON.parse(JSON.stringify(first))).toEqual([
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: 'a',
          tool_calls: [
            { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          ],
        },
      },
      { index: 1, finish_reason: 'stop', message: { content: 'bc' } },
    ])
  })

  it('is told as far as it came, with the error that ended it', async () => {
    upstream.reply({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [
        'data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n',
        { delayMs: 30 },
        { drop: true },
      ],
    })
    await expect(relayed()).rejects.toMatchObject({ code: 'upstream_interrupted' })
    expect(only()).toMatchObject({
      answer: [{ message: { content: 'half' } }],
      error: { code: 'upstream_interrupted' },
    })
  })

  it('is told when its reader is cancelled', async () => {
    upstream.reply({
      headers: { 'content-type': 'text/event-stream' },
      chunks: ['data: {"choices":[{"index":0,"delta":{"content":"half"}}]}\n\n', { hang: true }],
    })
    const controller = new AbortController()
    const response = await model.relay!(relayRequest(), { signal: controller.signal })
    if (response.kind !== 'stream') throw new Error('a stream was asked for')
    const reading = response.body.pipeTo({
      write: () => void setTimeout(() => controller.abort(), 20),
    })
    await expect(reading).rejects.toThrow()
    expect(only()).toMatchObject({ answer: [{ message: { content: 'half' } }], error: {} })
  })

  it('is told when its reader leaves the loop', async () => {
    upstream.reply(sseReply(chatChunks({ content: 'Hi there' })))
    const response = await model.relay!(relayRequest(), { signal: signal() })
    if (response.kind !== 'stream') throw new Error('a stream was asked for')
    for await (const _piece of response.body) break
    expect(only()).toMatchObject({ error: { code: 'cancelled' } })
  })
})

describe('a relayed whole answer', () => {
  const stream = { stream: false }

  it('is told with its choices', async () => {
    upstream.reply(jsonReply(chatCompletion({ content: 'Hi there' })))
    await relayed(stream)
    expect(only()).toMatchObject({
      answer: [{ message: { content: 'Hi there' } }],
      usage: { completion_tokens: expect.any(Number) },
    })
  })

  it('is told by number where it is embeddings', async () => {
    upstream.reply(
      jsonReply({
        data: [{ embedding: [1] }, { embedding: [2] }],
        usage: { prompt_tokens: 3, total_tokens: 3 },
      }),
    )
    await relayed({ ...stream, endpoint: 'embeddings' })
    expect(only()).toMatchObject({ answer: { embeddings: 2 }, usage: { prompt_tokens: 3 } })
  })

  it('that fails is told and thrown', async () => {
    upstream.reply(errorReply(500, 'boom'))
    await expect(relayed(stream)).rejects.toMatchObject({ code: 'upstream_error' })
    expect(only()).toMatchObject({ error: { code: 'upstream_error' }, answer: undefined })
  })
})

describe('a stream of events', () => {
  it('is told when it ends', async () => {
    upstream.reply(sseReply(chatChunks({ content: 'Hi there', includeUsage: true })))
    const { text } = await collect(model.stream({ messages }, { signal: signal() }))
    expect(text).toBe('Hi there')
    expect(only()).toMatchObject({ prompt: { messages }, answer: { text: 'Hi there' }, usage: {} })
    expect(only().error).toBeUndefined()
  })

  it('is told when its reader leaves, and when it fails', async () => {
    upstream.reply(sseReply(chatChunks({ content: 'Hi there' })), errorReply(500, 'boom'))
    for await (const event of model.stream({ messages }, { signal: signal() })) {
      if (event.type === 'text-delta') break
    }
    expect(only()).toMatchObject({ error: { code: 'cancelled' } })
    const failing = collect(model.stream({ messages }, { signal: signal() }))
    await expect(failing).rejects.toMatchObject({ code: 'upstream_error' })
    expect(calls[1]).toMatchObject({ error: { code: 'upstream_error' } })
  })
})

it('a model that cannot relay still cannot', () => {
  const demo = createDemoProvider().model('assistant')
  expect(withPromptLog(demo, { onCall: () => {} }).relay).toBeUndefined()
})
