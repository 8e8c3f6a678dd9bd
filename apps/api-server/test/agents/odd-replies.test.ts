/** Models and servers that write calls and answers in ways of their own, over real HTTP. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { sseReply, startFakeModelServer, type FakeModelServer, type Reply } from '@tandem/testing'
import type { Gateway } from '../support/start-gateway.ts'
import { startWithTools } from './local-tools.ts'
import {
  agentRequest,
  chatPath,
  postJson,
  sentBody,
  streamed,
  textReply,
  type Json,
} from './run-client.ts'

let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer({ models: ['fake-model', 'prompted'] })
  gateway = await startWithTools({
    env: { LMSTUDIO_BASE_URL: upstream.baseUrl, TOOL_CALLING: 'lmstudio/prompted=prompted' },
  })
})
afterEach(() => upstream.reset())
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const chunk = (delta: object, finish: string | null = null) => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
})

function said(...deltas: object[]): Reply {
  return sseReply([...deltas.map((delta) => chunk(delta)), chunk({}, 'stop')])
}

/** A text in small pieces. */
function spoken(text: string): Reply {
  return said(...(text.match(/[\s\S]{1,200}/g) ?? []).map((content) => ({ content })))
}

function legacy(expression: string): Reply {
  return said(
    { function_call: { name: 'calculator', arguments: '' } },
    { function_call: { arguments: JSON.stringify({ expression }) } },
  )
}

const product = { name: 'calculator', arguments: '{"expression":"6*7"}' }
const time = { name: 'get_current_time', arguments: '' }

async function ask(more: object = {}): Promise<Json> {
  return (await postJson(gateway, chatPath, agentRequest('What is 6*7?', more))).json
}

function answerOf(body: Json): { text: string; ran: string[] } {
  const ran: Json[] = body.x_agent.tools ?? []
  return { text: body.choices[0].message.content, ran: ran.map(({ tool }) => tool) }
}

describe('an answer in JSON', () => {
  it.each([
    '{"action":"report","confidence":0.9}',
    '{"tool":"get_current_time","why":"You asked."}',
    '{"name":"report","description":"A report."}',
  ])('is no call of a model that has native ones: %s', async (text) => {
    upstream.reply(spoken(text))
    expect(answerOf(await ask())).toEqual({ text, ran: [] })
  })

  it('that was asked for is none, even if it is just like one', async () => {
    const text = '{"name":"report","arguments":{"about":"doors"}}'
    upstream.reply(spoken(text))
    const response_format = { type: 'json_schema', json_schema: { name: 'x', schema: {} } }
    expect(answerOf(await ask({ response_format }))).toEqual({ text, ran: [] })
  })

  it.each([
    ['lines', '{"type":"row","arguments":{},"n":1}\n'.repeat(1500)],
    [
      'a list',
      JSON.stringify(
        Array.from({ length: 1500 }, (_, n) => ({ arguments: {}, n })),
        null,
        2,
      ),
    ],
  ])('of thousands of objects holds up nobody else: %s', async (_what, objects) => {
    const text = `${objects}\nThat is all.`
    upstream.reply(spoken(text))
    let longest = 0
    let last = performance.now()
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 10)
    const answer = await streamed(
      gateway,
      chatPath,
      agentRequest('List.', { model: 'lmstudio/prompted' }),
    )
    clearInterval(timer)
    expect(answer.text).toBe(text)
    expect(longest).toBeLessThan(1000)
  })
})

describe('two calls', () => {
  it.each([
    ['with index 0 and no ids', { index: 0 }],
    ['with index 0 and empty ids', { index: 0, id: '' }],
    ['with nothing but their names', {}],
    ['with one id', { index: 0, id: 'x' }],
  ])('%s are both made, each with its arguments', async (_what, marks) => {
    const piece = (made: object) => ({ tool_calls: [{ ...marks, function: made }] })
    upstream.reply(said(piece(time), piece(product)), textReply('Done.'))
    const { text, ran } = answerOf(await ask())
    expect({ text, ran: ran.toSorted() }).toEqual({
      text: 'Done.',
      ran: ['calculator', 'get_current_time'],
    })
    const results = sentBody(upstream, -1).messages.slice(-2)
    expect(results.map(({ content }: Json) => content)).toEqual(['12:00', '6*7 = 42'])
  })
})

describe('chunks of other dialects', () => {
  it.each([
    [
      'arguments as an object',
      { tool_calls: [{ function: { ...product, arguments: { expression: '6*7' } } }] },
    ],
    ['an index as text', { tool_calls: [{ index: '0', id: 'a', function: product }] }],
    ['an index of -1', { tool_calls: [{ index: -1, id: 'a', function: product }] }],
    ['a call without a list', { tool_calls: { index: 0, id: 'a', function: product } }],
  ])('%s make the call', async (_what, delta) => {
    upstream.reply(said(delta), textReply('Done.'))
    expect(answerOf(await ask())).toEqual({ text: 'Done.', ran: ['calculator'] })
  })

  it('a function_call of old makes one in each turn', async () => {
    upstream.reply(legacy('6*7'), legacy('2*3'), textReply('Done.'))
    expect(answerOf(await ask())).toEqual({ text: 'Done.', ran: ['calculator', 'calculator'] })
    const ids = sentBody(upstream, -1).messages.flatMap(({ tool_calls: made }: Json) => made ?? [])
    expect(new Set(ids.map(({ id }: Json) => id)).size).toBe(2)
  })

  it('thoughts among the parts of a text are reasoning, a refusal is the answer', async () => {
    const thought = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }
    upstream.reply(said({ content: [thought] }, { content: [{ type: 'text', text: '42.' }] }))
    const { message } = (await ask()).choices[0]
    expect(message).toMatchObject({ content: '42.', reasoning_content: 'Hm.' })
    upstream.reply(said({ refusal: 'I will not.' }))
    expect(answerOf(await ask()).text).toBe('I will not.')
  })
})

it('a call behind a block of code with CRLF is made, and not shown', async () => {
  const call = '```tool_call\n{"name":"calculator","arguments":{"expression":"6*7"}}\n```'
  const text = `Look:\n\`\`\`python\nprint(1)\n\`\`\`\nNow:\n${call}`.replaceAll('\n', '\r\n')
  upstream.reply(spoken(text), textReply('Done.'))
  const answer = answerOf(await ask({ model: 'lmstudio/prompted' }))
  expect(answer.ran).toEqual(['calculator'])
  expect(answer.text).not.toContain('tool_call')
})
