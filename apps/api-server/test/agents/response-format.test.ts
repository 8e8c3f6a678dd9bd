/** response_format: whoever asks for JSON gets JSON alone, whatever the agent said and made on the way. */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import { chatChunks, sseReply, startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import type { Gateway } from '../support/start-gateway.ts'
import { startWithTools } from './local-tools.ts'
import {
  agentRequest,
  calculate,
  callsReply,
  chatPath,
  openDoor,
  postJson,
  streamed,
  textReply,
} from './run-client.ts'

let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  const env = {
    LMSTUDIO_BASE_URL: upstream.baseUrl,
    TOOL_CALLING: 'lmstudio/prompted=prompted',
  }
  gateway = await startWithTools({ env })
})
afterEach(() => upstream.reset())
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

const schema = { name: 'x', schema: { type: 'object' } }
const asJson = { response_format: { type: 'json_schema', json_schema: schema } }
const report = { id: 'call_r', name: 'report', arguments: {} }
const answer = '{"ok":true}'
const wordsAndCall = sseReply(
  chatChunks({ content: 'Let me see.', toolCalls: [calculate('6*7')], includeUsage: true }),
)
const block = '```tool_call\n{"name":"calculator","arguments":{"expression":"6*7"}}\n```'

it.each([{ type: 'json_object' }, asJson.response_format])(
  'files are told beside the answer: %j',
  async (format) => {
    const request = agentRequest('Report.', { response_format: format })
    const script = [callsReply(report), textReply(answer)]
    upstream.reply(...script)
    const { json } = await postJson(gateway, chatPath, request)
    expect(json.choices[0].message.content).toBe(answer)
    expect(json.choices[0].message.annotations).toHaveLength(1)
    expect(json.x_agent.artifacts).toMatchObject([{ name: 'report.txt' }])
    upstream.reply(...script)
    const { text, frames } = await streamed(gateway, chatPath, request)
    expect(text).toBe(answer)
    expect(frames.find(({ type }) => type === 'tool-end')).toMatchObject({
      artifacts: [{ name: 'report.txt' }],
    })
  },
)

it.each([
  ['native', 'lmstudio/fake-model', wordsAndCall],
  ['prompted', 'lmstudio/prompted', textReply(`Let me see.\n${block}`)],
])('words before a call are thoughts: %s', async (_, model, first) => {
  const request = agentRequest('6*7?', { ...asJson, model })
  upstream.reply(first, textReply(answer))
  const { json } = await postJson(gateway, chatPath, request)
  const [{ message }] = json.choices
  expect(message.content).toBe(answer)
  expect(message.reasoning_content).toMatch(/^Let me see\.\n+Using calculator/)
  upstream.reply(first, textReply(answer))
  const { text, reasoning } = await streamed(gateway, chatPath, request)
  expect(text).toBe(answer)
  expect(reasoning).toBe(message.reasoning_content)
})

it("before the caller's calls as well", async () => {
  upstream.reply(
    sseReply(
      chatChunks({
        content: 'Let me open it.',
        toolCalls: [{ id: 'call_0', name: 'open_door', arguments: { number: 1 } }],
      }),
    ),
  )
  const request = agentRequest('Open.', { ...asJson, tools: [openDoor] })
  const { json } = await postJson(gateway, chatPath, request)
  expect(json.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: { content: null, reasoning_content: expect.stringContaining('Let me open it.') },
  })
})

it('who asks for text gets words and links as ever', async () => {
  upstream.reply(wordsAndCall, callsReply(report), textReply('So it is.'))
  const request = agentRequest('Report.', { response_format: { type: 'text' } })
  const { json } = await postJson(gateway, chatPath, request)
  expect(json.choices[0].message.content).toMatch(
    /^Let me see\.\n\nSo it is\.\n\n\[report\.txt\]\(/,
  )
})
