import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { embedMany, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import {
  chatChunks,
  chatCompletion,
  embed,
  errorReply,
  fixtureReply,
  jsonReply,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
} from '@tandem/testing'
import { apiKey, startGateway, type Gateway } from '../support/start-gateway.ts'

let upstream: FakeModelServer
let gateway: Gateway
let provider: ReturnType<typeof createOpenAICompatible>

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startGateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
  provider = createOpenAICompatible({
    name: 'tandem',
    baseURL: gateway.baseUrl,
    apiKey,
    includeUsage: true,
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const relayed = 'lmstudio/fake-model'
const demo = 'demo/assistant'

const asked: string[] = []
const tools = {
  calculator: tool({
    description: 'Calculates',
    inputSchema: jsonSchema<{ expression: string }>({
      type: 'object',
      properties: { expression: { type: 'string' } },
      required: ['expression'],
    }),
    execute: async ({ expression }) => {
      asked.push(expression)
      return '391'
    },
  }),
}

describe.each([relayed, demo])('%s', (id) => {
  it('generates and streams the same text, with usage', async () => {
    const model = provider(id)
    const whole = await generateText({ model, prompt: 'Hello', maxRetries: 0 })
    expect(whole.text).not.toBe('')
    expect(whole.finishReason).toBe('stop')
    expect(whole.usage.outputTokens).toBeGreaterThan(0)
    const result = streamText({ model, prompt: 'Hello', maxRetries: 0 })
    let text = ''
    for await (const piece of result.textStream) text += piece
    expect(text).toBe(whole.text)
    expect((await result.usage).outputTokens).toBe(whole.usage.outputTokens)
    expect(await result.finishReason).toBe('stop')
  })

  it.each(['generateText', 'streamText'])('runs tools to an answer: %s', async (how) => {
    asked.length = 0
    const toolCalls = [{ id: 'call_1', name: 'calculator', arguments: { expression: '17 * 23' } }]
    const answer = { content: 'It is 391.' }
    if (id === relayed) {
      upstream.reply(
        ...(how === 'generateText'
          ? [jsonReply(chatCompletion({ toolCalls })), jsonReply(chatCompletion(answer))]
          : [sseReply(chatChunks({ toolCalls })), sseReply(chatChunks(answer))]),
      )
    }
    const options = {
      model: provider(id),
      prompt: 'Calculate 17 * 23',
      tools,
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    }
    const text =
      how === 'generateText' ? (await generateText(options)).text : await streamText(options).text
    expect(text).toContain('391')
    expect(asked).toEqual([expect.stringMatching(/17 ?\* ?23/)])
  })
})

it('takes several calls at once', async () => {
  asked.length = 0
  const toolCalls = ['1+1', '2+2'].map((expression) => ({
    id: `call_${expression}`,
    name: 'calculator',
    arguments: { expression },
  }))
  upstream.reply(sseReply(chatChunks({ toolCalls })), sseReply(chatChunks()))
  const result = streamText({
    model: provider(relayed),
    prompt: 'x',
    tools,
    stopWhen: stepCountIs(3),
    maxRetries: 0,
  })
  await result.text
  expect(asked).toEqual(['1+1', '2+2'])
})

it.each(['lmstudio-reasoning.sse', 'ollama-reasoning.sse'] as const)(
  'shows the reasoning of %s',
  async (name) => {
    upstream.reply(fixtureReply(name))
    const result = streamText({ model: provider(relayed), prompt: 'Hi', maxRetries: 0 })
    expect(await result.text).not.toBe('')
    expect(await result.reasoningText).not.toBe('')
  },
)

it('raises errors, before and in the middle of a stream', async () => {
  upstream.reply(errorReply(404, 'no such model'))
  const refused = generateText({ model: provider(relayed), prompt: 'Hi', maxRetries: 0 })
  await expect(refused).rejects.toMatchObject({
    statusCode: 404,
    message: expect.stringContaining('no such model'),
  })
  const [first, second] = chatChunks()
  upstream.reply(sseReply([first!, second!], { done: false }))
  const errors: unknown[] = []
  const broken = streamText({
    model: provider(relayed),
    prompt: 'Hi',
    maxRetries: 0,
    onError: ({ error }) => void errors.push(error),
  })
  await broken.consumeStream()
  expect(JSON.stringify(errors.map(String))).toMatch(/broke its answer off/)
})

it('embeds', async () => {
  const { embeddings } = await embedMany({
    model: provider.embeddingModel(relayed),
    values: ['one', 'two'],
    maxRetries: 0,
  })
  expect(embeddings).toEqual([[...embed('one', 8)], [...embed('two', 8)]])
})
