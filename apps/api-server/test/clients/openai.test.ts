import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import type { RunnableToolFunctionWithParse } from 'openai/lib/RunnableFunction'
import {
  chatChunks,
  chatCompletion,
  embed,
  errorReply,
  fixtureReply,
  jsonReply,
  loadFixture,
  sseReply,
  startFakeModelServer,
  usageOf,
  type FakeModelServer,
} from '@tandem/testing'
import { apiKey, startGateway, type Gateway } from '../support/start-gateway.ts'

let upstream: FakeModelServer
let gateway: Gateway
let client: OpenAI

beforeAll(async () => {
  upstream = await startFakeModelServer({ models: ['fake-model', 'org/slashed:1b'] })
  gateway = await startGateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
  client = new OpenAI({ baseURL: gateway.baseUrl, apiKey, maxRetries: 0 })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const relayed = 'lmstudio/fake-model'
const demo = 'demo/assistant'
const user = (content: OpenAI.ChatCompletionUserMessageParam['content']) => [
  { role: 'user' as const, content },
]

const functionTool = (name: string, properties: Record<string, unknown>) => ({
  type: 'function' as const,
  function: {
    name,
    description: name.replaceAll('_', ' '),
    parameters: { type: 'object', properties, required: Object.keys(properties) },
  },
})
const calculator = functionTool('calculator', { expression: { type: 'string' } })
const weather = functionTool('get_weather', { city: { type: 'string' } })

type RunnableTool = RunnableToolFunctionWithParse<{ expression: string }>

/** What a tool call must be, whoever made it. */
function argumentsOf(call: OpenAI.ChatCompletionMessageToolCall | undefined): unknown {
  if (call?.type !== 'function') throw new Error('No function call.')
  expect(call.id).not.toBe('')
  return JSON.parse(call.function.arguments)
}

describe.each([relayed, demo])('%s', (model) => {
  it('answers', async () => {
    const completion = await client.chat.completions.create({ model, messages: user('Hello') })
    expect(completion.choices).toHaveLength(1)
    expect(completion.choices[0]!.message.role).toBe('assistant')
    expect(completion.choices[0]!.message.content).not.toBe('')
    expect(completion.choices[0]!.finish_reason).toBe('stop')
    expect(completion.usage!.total_tokens).toBeGreaterThan(0)
  })

  it('streams, and says the same', async () => {
    const whole = await client.chat.completions.create({ model, messages: user('Hello') })
    const stream = await client.chat.completions.create({
      model,
      messages: user('Hello'),
      stream: true,
    })
    let text = ''
    let pieces = 0
    let finish: string | null = null
    for await (const chunk of stream) {
      expect(chunk.choices).toHaveLength(1)
      text += chunk.choices[0]!.delta.content ?? ''
      pieces += 1
      finish = chunk.choices[0]!.finish_reason ?? finish
    }
    expect(text).toBe(whole.choices[0]!.message.content)
    expect(pieces).toBeGreaterThan(3)
    expect(finish).toBe('stop')
  })

  it('streams through the helper, with usage', async () => {
    const deltas: string[] = []
    const runner = client.chat.completions
      .stream({ model, messages: user('Hello'), stream_options: { include_usage: true } })
      .on('content', (delta) => void deltas.push(delta))
    const completion = await runner.finalChatCompletion()
    expect(deltas.join('')).toBe(completion.choices[0]!.message.content)
    expect(await runner.finalContent()).toBe(deltas.join(''))
    expect((await runner.totalUsage()).completion_tokens).toBeGreaterThan(0)
    expect(completion.model).not.toBe('')
  })

  it('can be left in the middle of a stream', async () => {
    if (model === relayed) upstream.reply(sseReply(chatChunks(), { delayMs: 30 }))
    const stream = await client.chat.completions.create({
      model,
      messages: user('What can you do? Help me.'),
      stream: true,
    })
    for await (const _chunk of stream) break
    if (model === relayed) await upstream.journal[0]!.closed
  })

  it('sends raw responses with the headers that the SDK reads', async () => {
    const { data, response, request_id } = await client.chat.completions
      .create({ model, messages: user('Hello') })
      .withResponse()
    expect(request_id).toMatch(/^req_/)
    expect(data).toMatchObject({ _request_id: request_id })
    expect(Number(response.headers.get('openai-processing-ms'))).toBeGreaterThanOrEqual(0)
  })

  it('is refused without the right key', async () => {
    const stranger = new OpenAI({ baseURL: gateway.baseUrl, apiKey: 'sk-wrong', maxRetries: 0 })
    const asked = stranger.chat.completions.create({ model, messages: user('Hello') })
    await expect(asked).rejects.toBeInstanceOf(AuthenticationError)
    await expect(asked).rejects.toMatchObject({ code: 'invalid_api_key', status: 401 })
    await expect(asked).rejects.toThrow(/Incorrect API key provided/)
  })
})

describe('tools that the caller offers', () => {
  const paris = { id: 'call_p', name: 'get_weather', arguments: { city: 'Paris' } }
  const tokyo = { id: 'call_t', name: 'get_weather', arguments: { city: 'Tōkyō' } }

  it.each([
    ['one', [paris]],
    ['several at once', [paris, tokyo]],
  ])('relayed: %s, plain and streamed', async (_name, toolCalls) => {
    const request = { model: relayed, messages: user('Weather?'), tools: [weather] }
    upstream.reply(jsonReply(chatCompletion({ toolCalls })))
    const plain = await client.chat.completions.create(request)
    expect(plain.choices[0]!.finish_reason).toBe('tool_calls')
    upstream.reply(sseReply(chatChunks({ toolCalls })))
    const streamed = await client.chat.completions.stream(request).finalChatCompletion()
    for (const { choices } of [plain, streamed]) {
      expect(choices[0]!.message.tool_calls!.map(argumentsOf)).toEqual(
        toolCalls.map((call) => call.arguments),
      )
      expect(choices[0]!.message.tool_calls!.map(({ id }) => id)).toEqual(
        toolCalls.map(({ id }) => id),
      )
    }
    expect(upstream.journal[0]!.json).toMatchObject({ tools: [weather] })
  })

  it.each(['openai-tools.sse', 'ollama-tools.sse', 'llamacpp-tools.sse'] as const)(
    'relayed: as %s streams them',
    async (name) => {
      upstream.reply(fixtureReply(name))
      const { choices } = await client.chat.completions
        .stream({ model: relayed, messages: user('Weather?'), tools: [weather] })
        .finalChatCompletion()
      expect(choices[0]!.finish_reason).toBe('tool_calls')
      for (const call of choices[0]!.message.tool_calls!)
        expect(argumentsOf(call)).toEqual({ city: expect.any(String) })
    },
  )

  it('relayed: OpenAI answers with them, not streamed', async () => {
    upstream.reply(fixtureReply('openai-tools.json'))
    const { choices } = await client.chat.completions.create({
      model: relayed,
      messages: user('Weather?'),
      tools: [weather],
    })
    expect(argumentsOf(choices[0]!.message.tool_calls![0])).toEqual({ city: expect.any(String) })
  })

  it('demo: one, plain and streamed', async () => {
    const request = { model: demo, messages: user('Calculate 17 * 23'), tools: [calculator] }
    const plain = await client.chat.completions.create(request)
    const streamed = await client.chat.completions.stream(request).finalChatCompletion()
    for (const { choices } of [plain, streamed]) {
      expect(choices[0]!.finish_reason).toBe('tool_calls')
      expect(choices[0]!.message.content).toBeNull()
      expect(choices[0]!.message.tool_calls).toHaveLength(1)
      expect(argumentsOf(choices[0]!.message.tool_calls![0])).toEqual({
        expression: expect.stringMatching(/17 ?\* ?23/),
      })
    }
  })

  it('demo: several at once, plain and streamed', async () => {
    const request = {
      model: demo,
      messages: user('What is the weather in Paris, and calculate 17 * 23'),
      tools: [calculator, weather],
    }
    const plain = await client.chat.completions.create(request)
    const streamed = await client.chat.completions.stream(request).finalChatCompletion()
    for (const { choices } of [plain, streamed]) {
      const calls = choices[0]!.message.tool_calls!
      expect(calls).toHaveLength(2)
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
      for (const call of calls) expect(argumentsOf(call)).toBeInstanceOf(Object)
    }
  })

  it('demo: the helper that runs them goes all the way to an answer', async () => {
    let asked: string | undefined
    const runner = client.chat.completions.runTools({
      model: demo,
      messages: user('Calculate 17 * 23'),
      tools: [
        {
          type: 'function',
          function: {
            ...calculator.function,
            parse: JSON.parse,
            function: ({ expression }: { expression: string }) => {
              asked = expression
              return '391'
            },
          },
        } as RunnableTool,
      ],
    })
    expect(await runner.finalContent()).toContain('391')
    expect(asked).toMatch(/17/)
  })

  it('demo: the same, streamed', async () => {
    const runner = client.chat.completions.runTools({
      stream: true,
      model: demo,
      messages: user('Calculate 17 * 23'),
      tools: [
        {
          type: 'function',
          function: { ...calculator.function, parse: JSON.parse, function: () => '391' },
        } as RunnableTool,
      ],
    })
    expect(await runner.finalContent()).toContain('391')
  })
})

describe('what upstreams really send', () => {
  it.each([
    ['openai-text.sse', ''],
    ['openai-text-usage.sse', ''],
    ['ollama-text.sse', ''],
    ['ollama-reasoning.sse', 'Two plus two.'],
    ['llamacpp-text.sse', ''],
    ['lmstudio-text.sse', ''],
    ['lmstudio-reasoning.sse', 'The user says hi.'],
  ] as const)('is read from %s', async (name, reasoning) => {
    upstream.reply(fixtureReply(name))
    let text = ''
    let thought = ''
    const stream = await client.chat.completions.create({
      model: relayed,
      messages: user('Hi'),
      stream: true,
    })
    for await (const chunk of stream) {
      const delta = chunk.choices[0]!.delta as {
        content?: string | null
        reasoning?: string
        reasoning_content?: string
      }
      text += delta.content ?? ''
      thought += delta.reasoning_content ?? delta.reasoning ?? ''
    }
    expect(text).not.toBe('')
    expect(thought).toBe(reasoning)
  })

  it.each([
    'openai-chat.json',
    'ollama-chat.json',
    'llamacpp-chat.json',
    'lmstudio-chat.json',
  ] as const)('is read from %s', async (name) => {
    upstream.reply(fixtureReply(name))
    const completion = await client.chat.completions.create({
      model: relayed,
      messages: user('Hi'),
    })
    expect(completion).toEqual(JSON.parse(loadFixture(name).toString()))
  })
})

describe('what a request may ask', () => {
  it('n: 2, plain and streamed', async () => {
    const request = { model: relayed, messages: user('Hi'), n: 2 }
    const { choices } = await client.chat.completions.create(request)
    expect(choices.map(({ index }) => index)).toEqual([0, 1])
    const streamed = await client.chat.completions.stream(request).finalChatCompletion()
    expect(streamed.choices.map(({ message }) => message.content)).toEqual(
      choices.map(({ message }) => message.content),
    )
    expect(upstream.journal[0]!.json).toMatchObject({ n: 2 })
  })

  it('a response_format, parsed by the SDK', async () => {
    upstream.reply(jsonReply(chatCompletion({ content: '{"city":"Paris"}' })))
    const response_format = {
      type: 'json_schema' as const,
      json_schema: {
        name: 'place',
        strict: true,
        schema: { type: 'object', properties: { city: { type: 'string' } } },
      },
    }
    const { choices } = await client.chat.completions.parse({
      model: relayed,
      messages: user('Where?'),
      response_format,
    })
    expect(choices[0]!.message.parsed).toEqual({ city: 'Paris' })
    expect(upstream.journal[0]!.json).toMatchObject({ response_format })
  })

  it('an image as a data URL, which reaches the upstream intact', async () => {
    const url = `data:image/png;base64,${Buffer.alloc(600_000, 'pixels').toString('base64')}`
    const messages = user([
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url, detail: 'low' } },
    ])
    await client.chat.completions.create({ model: relayed, messages })
    expect(upstream.journal[0]!.json).toEqual({ model: 'fake-model', messages })
  })

  it('logprobs, seed, stop and whatever comes next year', async () => {
    const body = {
      logprobs: true,
      top_logprobs: 2,
      seed: 7,
      stop: ['END'],
      service_tier: 'flex' as const,
    }
    const request = { model: relayed, messages: user('Hi'), ...body, of_next_year: { a: [1] } }
    await client.chat.completions.create(request as OpenAI.ChatCompletionCreateParamsNonStreaming)
    expect(upstream.journal[0]!.json).toEqual({ ...request, model: 'fake-model' })
  })
})

const vectors = ({ data }: OpenAI.CreateEmbeddingResponse) => data.map(({ embedding }) => embedding)

describe('embeddings', () => {
  const input = ['one', 'two']
  const expected = input.map((text) => [...embed(text, 8)])
  it('are base64 by default, unpacked by the SDK', async () => {
    const response = await client.embeddings.create({ model: relayed, input })
    expect(upstream.journal[0]!.json).toMatchObject({ encoding_format: 'base64' })
    expect(vectors(response)).toEqual(expected)
  })

  it('are floats where asked', async () => {
    const response = await client.embeddings.create({
      model: relayed,
      input,
      encoding_format: 'float',
    })
    expect(vectors(response)).toEqual(expected)
  })

  it.each([undefined, 'float', 'base64'] as const)(
    'are right where the upstream ignores the encoding (%s)',
    async (encoding_format) => {
      const data = expected.map((embedding, index) => ({ object: 'embedding', index, embedding }))
      upstream.reply(
        jsonReply({
          object: 'list',
          data,
          model: 'm',
          usage: { prompt_tokens: 2, total_tokens: 2 },
        }),
      )
      const response = await client.embeddings.create({
        model: relayed,
        input,
        ...(encoding_format ? { encoding_format } : {}),
      })
      const read = response.data.map(({ embedding }) =>
        typeof embedding === 'string' ? fromBase64(embedding) : embedding,
      )
      expect(read).toEqual(expected)
      expect(response.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 })
    },
  )

  it('are as short as asked, or refused', async () => {
    const short = await client.embeddings.create({ model: relayed, input: 'one', dimensions: 3 })
    expect(short.data[0]!.embedding).toHaveLength(3)
    upstream.onRequest(() =>
      jsonReply({
        object: 'list',
        model: 'm',
        data: [{ object: 'embedding', index: 0, embedding: expected[0] }],
      }),
    )
    const refused = client.embeddings.create({ model: relayed, input: 'one', dimensions: 3 })
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'dimensions' })
  })

  it.each([
    ['tokens', [1, 2, 3]],
    ['lists of tokens', [[1, 2], [3]]],
    ['a text', 'x'],
  ])('take %s', async (_name, input) => {
    await client.embeddings.create({ model: relayed, input })
    expect(upstream.journal[0]!.json).toMatchObject({ input })
  })

  it('are not what the demo does', async () => {
    const refused = client.embeddings.create({ model: demo, input: 'x' })
    await expect(refused).rejects.toBeInstanceOf(BadRequestError)
  })
})

describe('models', () => {
  it('are listed', async () => {
    const ids: string[] = []
    for await (const model of client.models.list()) {
      expect(model).toMatchObject({
        object: 'model',
        created: expect.any(Number),
        owned_by: expect.any(String),
      })
      ids.push(model.id)
    }
    const models = ['lmstudio/fake-model', 'lmstudio/org/slashed:1b', demo]
    const agents = ['react', 'plan-execute', 'auto']
    const behindAgents = agents.flatMap((agent) => models.map((model) => `${agent}/${model}`))
    expect(ids).toEqual([...models, ...behindAgents])
  })

  it.each([
    ['lmstudio/fake-model', 'lmstudio/fake-model'],
    ['lmstudio/org/slashed:1b', 'lmstudio/org/slashed:1b'],
    ['org/slashed:1b', 'lmstudio/org/slashed:1b'],
    [demo, demo],
  ])('are retrieved as %s', async (asked, id) => {
    expect((await client.models.retrieve(asked)).id).toBe(id)
  })

  it('are not found', async () => {
    const refused = client.models.retrieve('lmstudio/none')
    await expect(refused).rejects.toBeInstanceOf(NotFoundError)
    await expect(refused).rejects.toMatchObject({ code: 'model_not_found' })
  })
})

describe('legacy completions', () => {
  it('are relayed, plain and streamed', async () => {
    const request = { model: relayed, prompt: 'Say', max_tokens: 9 }
    const plain = await client.completions.create(request)
    expect(upstream.journal[0]!.json).toEqual({ ...request, model: 'fake-model' })
    const stream = await client.completions.create({ ...request, stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]!.text
    expect(text).toBe(plain.choices[0]!.text)
  })

  it('are relayed from llama.cpp', async () => {
    upstream.reply(fixtureReply('llamacpp-completion.sse'))
    const stream = await client.completions.create({ model: relayed, prompt: 'Say', stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]!.text
    expect(text).not.toBe('')
  })
})

const ask = (model = relayed) => client.chat.completions.create({ model, messages: user('Hi') })

describe('errors', () => {
  it('of a model that nobody has', async () => {
    for (const model of ['lmstudi/x', 'none', 'demo/none']) {
      const refused = ask(model)
      await expect(refused).rejects.toBeInstanceOf(NotFoundError)
      await expect(refused).rejects.toMatchObject({ code: 'model_not_found', param: 'model' })
    }
  })

  it.each([
    ['openai-context-overflow.json', 400, 'context_length_exceeded'],
    ['llamacpp-context-overflow.json', 400, 'context_length_exceeded'],
    ['lmstudio-context-overflow.json', 400, 'context_length_exceeded'],
  ] as const)('%s is a BadRequestError', async (name, status, code) => {
    upstream.reply(fixtureReply(name))
    const refused = ask()
    await expect(refused).rejects.toBeInstanceOf(BadRequestError)
    await expect(refused).rejects.toMatchObject({ status, code })
  })

  it('in the request is a BadRequestError with its path', async () => {
    const refused = client.chat.completions.create({
      model: relayed,
      messages: [{ role: 'wizard', content: 'x' } as unknown as OpenAI.ChatCompletionMessageParam],
    })
    await expect(refused).rejects.toBeInstanceOf(BadRequestError)
    await expect(refused).rejects.toMatchObject({ param: 'messages[0].role' })
  })

  it('of a rate limit carry retry-after', async () => {
    upstream.reply({
      ...fixtureReply('openai-rate-limit.json'),
      headers: { 'content-type': 'application/json', 'retry-after': '7' },
    })
    const error: unknown = await ask().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(RateLimitError)
    expect((error as RateLimitError).headers.get('retry-after')).toBe('7')
  })

  it('of a rate limit are retried by the SDK as told', async () => {
    upstream.reply({
      ...errorReply(429, 'slow down'),
      headers: { 'content-type': 'application/json', 'retry-after': '0' },
    })
    const patient = new OpenAI({ baseURL: gateway.baseUrl, apiKey, maxRetries: 1 })
    const { choices } = await patient.chat.completions.create({
      model: relayed,
      messages: user('Hi'),
    })
    expect(choices[0]!.message.content).not.toBe('')
    expect(upstream.journal).toHaveLength(2)
  })

  it.each([
    ['a 500', errorReply(500, 'boom'), 502],
    ['a refused key of ours', fixtureReply('openai-bad-key.json'), 502],
    ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, chunks: ['<html>'] }, 502],
  ] as const)('of the upstream, %s, are InternalServerErrors', async (_name, reply, status) => {
    upstream.reply(reply)
    const refused = ask()
    await expect(refused).rejects.toBeInstanceOf(InternalServerError)
    await expect(refused).rejects.toMatchObject({ status })
  })

  it('before the first byte of a stream have their status too', async () => {
    upstream.reply(errorReply(404, 'no such model'))
    const refused = client.chat.completions.create({
      model: relayed,
      messages: user('Hi'),
      stream: true,
    })
    await expect(refused).rejects.toBeInstanceOf(NotFoundError)
    const tooLong = user('many words '.repeat(20_000))
    const overflow = client.chat.completions.create({
      model: demo,
      messages: tooLong,
      stream: true,
    })
    await expect(overflow).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' })
  })

  it.each([
    [
      'the upstream breaks off',
      { ...sseReply(chatChunks()), chunks: [...cut(chatChunks()), { drop: true as const }] },
    ],
    [
      'the upstream ends politely too soon',
      { ...sseReply(chatChunks()), chunks: cut(chatChunks()) },
    ],
    ['llama.cpp says why', fixtureReply('llamacpp-error.sse')],
    ['LM Studio says why', fixtureReply('lmstudio-error.sse')],
  ])('in the middle of a stream are raised: %s', async (_name, reply) => {
    upstream.reply(reply)
    const stream = await client.chat.completions.create({
      model: relayed,
      messages: user('Hi'),
      stream: true,
    })
    let chunks = 0
    const reading = (async () => {
      for await (const _chunk of stream) chunks += 1
    })()
    await expect(reading).rejects.toBeInstanceOf(APIError)
    expect(chunks).toBeGreaterThan(1)
  })
})

/** The first chunks of a stream, as events. */
function cut(chunks: object[]): string[] {
  return chunks.slice(0, 4).map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
}

function fromBase64(text: string): number[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

it('usage reaches the log of the gateway, asked for or not', async () => {
  gateway.logs.length = 0
  upstream.reply(sseReply(chatChunks({ usage: usageOf(11, 22) })))
  const stream = await client.chat.completions.create({
    model: relayed,
    messages: user('Hi'),
    stream: true,
  })
  for await (const chunk of stream) expect(chunk.choices).toHaveLength(1)
  // The line is written when the response has closed, which the client may see first.
  while (!gateway.logs.some((line) => line['msg'] === 'request'))
    await new Promise((next) => setTimeout(next, 5))
  expect(gateway.logs.find((line) => line['msg'] === 'request')).toMatchObject({
    provider: 'lmstudio',
    model: 'fake-model',
    promptTokens: 11,
    completionTokens: 22,
  })
})
