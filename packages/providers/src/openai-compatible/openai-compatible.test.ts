import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  fixtureReply,
  jsonReply,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
} from '@tandem/testing'
import { collect } from '../collect.ts'
import type { ModelEvent, ModelRequest, Provider } from '../types.ts'
import { createOpenAICompatibleProvider } from './index.ts'

const signal = new AbortController().signal
const messages = [{ role: 'user' as const, content: 'Hi' }]

let upstream: FakeModelServer
let provider: Provider

beforeAll(async () => {
  upstream = await startFakeModelServer()
  provider = createOpenAICompatibleProvider({
    name: 'fake',
    baseUrl: `${upstream.baseUrl}/`,
    apiKey: 'upstream-key',
    timeouts: {
      connectTimeoutMs: 2000,
      firstByteTimeoutMs: 5000,
      silenceTimeoutMs: 5000,
      totalTimeoutMs: 10_000,
    },
  })
})
afterAll(async () => {
  await provider.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

/** An answer of these deltas. */
const said = (...deltas: object[]) =>
  sseReply([
    ...deltas.map((delta) => ({ id: 'x', choices: [{ index: 0, delta, finish_reason: null }] })),
    { id: 'x', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ])

const ask = (request: Partial<ModelRequest> = {}) =>
  provider.model('m').stream({ messages, ...request }, { signal })

async function events(request?: Partial<ModelRequest>): Promise<ModelEvent[]> {
  const all: ModelEvent[] = []
  for await (const event of ask(request)) all.push(event)
  return all
}

describe('stream', () => {
  it.each([
    ['openai-text.sse', /^Grüße/, '', 'stop'],
    ['openai-text-usage.sse', /^Grüße/, '', 'stop'],
    ['ollama-text.sse', /^Hello! I'm llama/, '', 'stop'],
    ['ollama-text-usage.sse', /./, '', 'stop'],
    ['ollama-reasoning.sse', /^It is/, 'Two plus two.', 'stop'],
    ['llamacpp-text.sse', /./, '', 'stop'],
    ['llamacpp-text-usage.sse', /./, '', 'stop'],
    ['lmstudio-text.sse', /^Hi there 👋!$/u, '', 'stop'],
    ['lmstudio-reasoning.sse', /./, 'The user says hi.', 'stop'],
  ] as const)('reads the text of %s', async (...row) => {
    const [name, text, reasoning, finishReason] = row
    upstream.reply(fixtureReply(name))
    const answer = await collect(ask())
    expect(answer.text).toMatch(text)
    expect(answer).toMatchObject({ reasoning, finishReason, toolCalls: [] })
    expect(answer.id).not.toBe('')
    expect(answer.model).not.toBe('')
  })

  it.each(['openai-text-usage.sse', 'ollama-text-usage.sse', 'llamacpp-text-usage.sse'] as const)(
    'reads the usage of %s',
    async (name) => {
      upstream.reply(fixtureReply(name))
      const { usage } = await collect(ask())
      expect(usage!.total_tokens).toBe(usage!.prompt_tokens + usage!.completion_tokens)
      expect(usage!.completion_tokens).toBeGreaterThan(0)
    },
  )

  it.each(['openai-tools.sse', 'ollama-tools.sse', 'llamacpp-tools.sse'] as const)(
    'reads the calls of %s',
    async (name) => {
      upstream.reply(fixtureReply(name))
      const all = await events()
      const ends = all.flatMap((event) => (event.type === 'tool-call-end' ? [event] : []))
      expect(ends.map(({ index }) => index)).toEqual(ends.map((_, index) => index))
      expect(ends.length).toBeGreaterThan(0)
      for (const { index, call } of ends) {
        expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) })
        const pieces = all.flatMap((event) =>
          event.type === 'tool-call-delta' && event.index === index ? [event.text] : [],
        )
        expect(pieces.join('')).toBe(call.function.arguments)
      }
      expect(all.at(-1)).toMatchObject({ type: 'finish', reason: 'tool_calls' })
    },
  )

  it.each([
    ['llamacpp-error.sse', /Context size has been exceeded/],
    ['lmstudio-error.sse', /crashed/],
  ] as const)('throws the error inside %s, after what came before', async (name, message) => {
    upstream.reply(fixtureReply(name))
    const seen: ModelEvent[] = []
    const reading = (async () => {
      for await (const event of ask()) seen.push(event)
    })()
    await expect(reading).rejects.toThrow(message)
    expect(seen.some(({ type }) => type === 'text-delta')).toBe(true)
    expect(seen.some(({ type }) => type === 'finish')).toBe(false)
  })

  it('calls it tool_calls where a server says stop, and length where it was cut', async () => {
    const toolCalls = [{ name: 'f', arguments: {} }]
    upstream.reply(sseReply(chatChunks({ toolCalls, finishReason: 'stop' })))
    expect((await collect(ask())).finishReason).toBe('tool_calls')
    upstream.reply(sseReply(chatChunks({ toolCalls, finishReason: 'length' })))
    expect((await collect(ask())).finishReason).toBe('length')
  })

  it('sends what was asked in the words of the dialect, and nothing that was not', async () => {
    await events()
    expect(upstream.journal[0]!.json).toEqual({
      model: 'm',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }]
    await events({
      tools,
      toolChoice: 'required',
      temperature: 0,
      topP: 0.5,
      maxTokens: 7,
      stop: ['x'],
      seed: 1,
      responseFormat: { type: 'json_object' },
      extra: { top_k: 4, model: 'smuggled', stream: false },
    })
    expect(upstream.journal[1]!.json).toEqual({
      model: 'm',
      messages,
      tools,
      tool_choice: 'required',
      temperature: 0,
      top_p: 0.5,
      max_tokens: 7,
      stop: ['x'],
      seed: 1,
      response_format: { type: 'json_object' },
      top_k: 4,
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(upstream.journal[1]!.headers.authorization).toBe('Bearer upstream-key')
    expect(upstream.journal[1]!.path).toBe('/v1/chat/completions')
  })

  it('leaves tool_choice out where there are no tools', async () => {
    await events({ tools: [], toolChoice: 'auto' })
    expect(upstream.journal[0]!.json).not.toHaveProperty('tools')
    expect(upstream.journal[0]!.json).not.toHaveProperty('tool_choice')
  })

  const f = { name: 'f', arguments: '{"x":1}' }
  const call = { type: 'function', function: f }
  it.each([
    ['parts', [{ content: [{ type: 'text', text: 'Hello' }] }, { content: ' you.' }], 'Hello you.'],
    ['a refusal', [{ refusal: 'I will' }, { refusal: ' not.' }], 'I will not.'],
    ['null', [{ content: null, reasoning: null, tool_calls: null }, { content: 'Hi' }], 'Hi'],
    [
      "Mistral's thoughts",
      [
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] },
        { content: [{ type: 'text', text: 'Yes.' }] },
      ],
      'Yes.',
      'Hm.',
    ],
    [
      'reasoning that is an object',
      [{ reasoning: { text: 'Hm.' } }, { content: 'Hi' }],
      'Hi',
      'Hm.',
    ],
  ])('reads %s', async (...row) => {
    const [, deltas, text, reasoning = ''] = row
    upstream.reply(said(...deltas))
    expect(await collect(ask())).toMatchObject({ text, reasoning, toolCalls: [] })
  })

  it.each([
    [
      'an object of arguments',
      { tool_calls: [{ ...call, function: { ...f, arguments: { x: 1 } } }] },
    ],
    ['an index that is text', { tool_calls: [{ ...call, index: '0' }] }],
    ['an index below 0', { tool_calls: [{ ...call, index: -1 }] }],
    ['no list', { tool_calls: { ...call, index: 0 } }],
  ])('reads a call with %s', async (_what, delta) => {
    upstream.reply(said(delta))
    expect((await collect(ask())).toolCalls).toMatchObject([{ function: f }])
  })

  it('reads a function_call of old, in pieces', async () => {
    const pieces = [{ name: 'f', arguments: '' }, { arguments: '{"x"' }, { arguments: ':1}' }]
    upstream.reply(said(...pieces.map((piece) => ({ function_call: piece }))))
    const { toolCalls, finishReason } = await collect(ask())
    expect(toolCalls).toEqual([{ id: 'call_f', ...call }])
    expect(finishReason).toBe('tool_calls')
  })

  it('closes the upstream when the reader leaves', async () => {
    upstream.reply(sseReply(chatChunks(), { delayMs: 40 }))
    for await (const event of ask()) if (event.type === 'text-delta') break
    await upstream.journal[0]!.closed
    expect(upstream.journal[0]!.aborted).toBe(true)
  })

  it.each([
    ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, chunks: ['<html></html>'] }],
    ['an event that is no JSON', sseReply(['data: {oops}\n\n'])],
    ['an event that is no chunk', sseReply([{ choices: 'none' }])],
  ])('refuses %s', async (_name, reply) => {
    upstream.reply(reply)
    await expect(events()).rejects.toMatchObject({
      status: 502,
      code: expect.stringMatching(/^upstream_/),
    })
  })
})

const list = () => provider.listModels({ signal })

describe('listModels', () => {
  it.each([
    [{ context_length: 10, top_provider: { max_completion_tokens: 5 } }, 10, 5],
    [{ max_context_length: 11 }, 11, undefined],
    [{ max_model_len: 12 }, 12, undefined],
    [{ meta: { n_ctx: 13, n_ctx_train: 99 } }, 13, undefined],
    [{ meta: { n_ctx_train: 14 }, max_output_tokens: 3 }, 14, 3],
    [{ context_length: '15', meta: null, created: 'yesterday' }, undefined, undefined],
  ])('reads the lengths in %j', async (fields, contextLength, maxOutput) => {
    upstream.onRequest(() => jsonReply({ object: 'list', data: [{ id: 'a/b:c', ...fields }] }))
    const [model] = await list()
    expect(model).toMatchObject({ id: 'a/b:c', object: 'model', owned_by: 'fake' })
    expect(Number.isInteger(model!.created)).toBe(true)
    expect(model!.context_length).toBe(contextLength)
    expect(model!.max_output_tokens).toBe(maxOutput)
  })

  it.each(['ollama-models.json', 'llamacpp-models.json'] as const)('reads %s', async (name) => {
    upstream.onRequest(() => fixtureReply(name))
    expect((await list()).length).toBeGreaterThan(0)
  })

  it.each([
    ['lmstudio-unknown-endpoint.json', 'upstream_invalid_response'],
    ['openai-bad-key.json', 'upstream_credentials'],
  ] as const)('throws on %s', async (name, code) => {
    upstream.onRequest(() => fixtureReply(name))
    await expect(list()).rejects.toMatchObject({ code })
  })
})
