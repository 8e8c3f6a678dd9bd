import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { AIMessageChunk } from '@langchain/core/messages'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import {
  chatChunks,
  chatCompletion,
  embed,
  errorReply,
  jsonReply,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
} from '@tandem/testing'
import { apiKey, startGateway, type Gateway } from '../support/start-gateway.ts'

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

const relayed = 'lmstudio/fake-model'
const demo = 'demo/assistant'
const chat = (model: string) =>
  new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: gateway.baseUrl } })

const calculator = {
  type: 'function' as const,
  function: {
    name: 'calculator',
    description: 'Calculates',
    parameters: {
      type: 'object',
      properties: { expression: { type: 'string' } },
      required: ['expression'],
    },
  },
}

describe.each([relayed, demo])('ChatOpenAI on %s', (model) => {
  it('invokes', async () => {
    const answer = await chat(model).invoke('Hello')
    expect(answer.text).not.toBe('')
    expect(answer.usage_metadata!.total_tokens).toBeGreaterThan(0)
    expect(answer.response_metadata).toMatchObject({ finish_reason: 'stop' })
  })

  it('streams, with usage', async () => {
    let text = ''
    let tokens = 0
    let pieces = 0
    for await (const chunk of await chat(model).stream('Hello')) {
      text += chunk.text
      tokens += chunk.usage_metadata?.output_tokens ?? 0
      pieces += 1
    }
    expect(text).toBe((await chat(model).invoke('Hello')).text)
    expect(pieces).toBeGreaterThan(3)
    expect(tokens).toBeGreaterThan(0)
  })

  it('binds tools, plain and streamed', async () => {
    const toolCalls = [{ id: 'call_1', name: 'calculator', arguments: { expression: '17 * 23' } }]
    if (model === relayed)
      upstream.reply(jsonReply(chatCompletion({ toolCalls })), sseReply(chatChunks({ toolCalls })))
    const bound = chat(model).bindTools([calculator])
    const plain = await bound.invoke('Calculate 17 * 23')
    let streamed: AIMessageChunk | undefined
    for await (const chunk of await bound.stream('Calculate 17 * 23'))
      streamed = streamed ? streamed.concat(chunk) : chunk
    for (const message of [plain, streamed!]) {
      expect(message.tool_calls).toEqual([
        {
          type: 'tool_call',
          id: expect.stringMatching(/^call_/),
          name: 'calculator',
          args: { expression: expect.stringMatching(/17 ?\* ?23/) },
        },
      ])
    }
  })
})

it('binds several tools at once, relayed and streamed', async () => {
  const toolCalls = ['1+1', '2+2'].map((expression) => ({
    id: `call_${expression}`,
    name: 'calculator',
    arguments: { expression },
  }))
  upstream.reply(sseReply(chatChunks({ toolCalls })))
  let all: AIMessageChunk | undefined
  for await (const chunk of await chat(relayed).bindTools([calculator]).stream('x'))
    all = all ? all.concat(chunk) : chunk
  expect(all!.tool_calls!.map(({ args }) => args)).toEqual(toolCalls.map((call) => call.arguments))
})

it('raises errors, before and in the middle of a stream', async () => {
  upstream.reply(errorReply(404, 'no such model'))
  await expect(chat(relayed).invoke('Hello')).rejects.toMatchObject({ status: 404 })
  const [first, second] = chatChunks()
  upstream.reply(sseReply([first!, second!], { done: false }))
  const reading = (async () => {
    for await (const _chunk of await chat(relayed).stream('Hello')) continue
  })()
  await expect(reading).rejects.toThrow(/broke its answer off/)
})

it('embeds', async () => {
  const embeddings = new OpenAIEmbeddings({
    model: relayed,
    apiKey,
    maxRetries: 0,
    configuration: { baseURL: gateway.baseUrl },
  })
  expect(await embeddings.embedQuery('one')).toEqual([...embed('one', 8)])
  expect(await embeddings.embedDocuments(['one', 'two'])).toEqual([
    [...embed('one', 8)],
    [...embed('two', 8)],
  ])
})
