/** TOOL_MODELS, REACT_RETRY_ON_ERROR, TOOL_CALLING, and what is found out about models. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { defineTool, errorResult, textResult, type Tool } from '@tandem/tools'
import { errorReply, startFakeModelServer, type FakeModelServer, type Reply } from '@tandem/testing'
import { z } from 'zod'
import type { Gateway } from '../support/start-gateway.ts'
import { startWithTools } from './local-tools.ts'
import {
  agentRequest,
  callsReply,
  chatPath,
  postJson,
  sentBody,
  textReply,
  type Json,
} from './run-client.ts'

let upstream: FakeModelServer
const gateways: Gateway[] = []

beforeAll(async () => {
  upstream = await startFakeModelServer({ models: ['fake-model', 'small', 'other'] })
})
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close()
  upstream.reset()
})
afterAll(() => upstream.close())

const traits = { readOnly: true, parallelSafe: true, timeoutMs: 5000 }

interface Seen {
  calls: number
  /** What the tool was given to ask models with. */
  tokens: string[]
}

/** A tool that fails the first time, in a way that may pass. */
function flakyTool(name: string, idempotent: boolean, seen: Seen): Tool {
  return defineTool({
    name,
    description: 'Tells the weather.',
    schema: z.object({}),
    traits: { ...traits, idempotent },
    run(_args, { models }) {
      seen.calls += 1
      seen.tokens.push(models.token)
      return seen.calls === 1
        ? errorResult('weather_down', 'The station is down.', { retryable: true })
        : textResult('Sunny.')
    },
  }) as Tool
}

async function start(env: Record<string, string>, tools: Tool[]): Promise<Gateway> {
  const settings = { LMSTUDIO_BASE_URL: upstream.baseUrl, ...env }
  const gateway = await startWithTools({ env: settings }, () => tools)
  gateways.push(gateway)
  return gateway
}

const weather = { id: 'call_0', name: 'weather', arguments: {} }
const asked = (): string[] =>
  upstream.journal.flatMap(({ method, json }) => (method === 'POST' ? (json as Json).model : []))

describe('REACT_RETRY_ON_ERROR', () => {
  it.each([
    ['on', true, 2],
    ['off', true, 1],
    ['on', false, 1],
  ])('%s, a tool that may be repeated: %s; it is called %i times', async (flag, idempotent, n) => {
    const seen: Seen = { calls: 0, tokens: [] }
    const gateway = await start({ REACT_RETRY_ON_ERROR: flag }, [
      flakyTool('weather', idempotent, seen),
    ])
    upstream.reply(callsReply(weather), textReply('So it is.'))
    const { json } = await postJson(gateway, chatPath, agentRequest('Weather?'))
    expect(json.choices[0].message.content).toBe('So it is.')
    expect(seen.calls).toBe(n)
    expect(sentBody(upstream, -1).messages.at(-1).content).toBe(
      n === 2 ? 'Sunny.' : 'Error: The station is down.',
    )
  })
})

describe('TOOL_MODELS', () => {
  const plan = {
    steps: [
      { task: 'Find the weather', tool_hint: 'weather' },
      { task: 'Think', depends_on: ['1'] },
    ],
  }
  const script = (): Reply[] => [
    textReply(JSON.stringify(plan)),
    textReply('Sunny.'),
    textReply('Thought.'),
    textReply('It is sunny.'),
  ]

  it.each([
    ['weather=lmstudio/small', 'small'],
    ['*=lmstudio/small,other=lmstudio/other', 'small'],
    ['other=lmstudio/small', 'fake-model'],
    // One that there is not costs nothing but a line in the log.
    ['weather=nowhere/none', 'fake-model'],
  ])('%s: the step that needs the tool is done by %s', async (setting, model) => {
    const gateway = await start({ TOOL_MODELS: setting }, [
      flakyTool('weather', true, { calls: 0, tokens: [] }),
    ])
    upstream.reply(...script())
    const request = agentRequest('Find and think', { agent_type: 'plan_execute' })
    const { json } = await postJson(gateway, chatPath, request)
    expect(json.choices[0].message.content).toBe('It is sunny.')
    expect(asked()).toEqual(['fake-model', model, 'fake-model', 'fake-model'])
  })

  it('a tool that asks a model gets the one that is set for it', async () => {
    const seen: Seen = { calls: 1, tokens: [] }
    const gateway = await start({ TOOL_MODELS: 'weather=lmstudio/small' }, [
      flakyTool('weather', true, seen),
    ])
    upstream.reply(callsReply(weather), textReply('So it is.'))
    await postJson(gateway, chatPath, agentRequest('Weather?'))
    const headers = { ...gateway.headers, authorization: `Bearer ${seen.tokens[0]}` }
    const body = { messages: [{ role: 'user', content: 'Sum it up.' }] }
    expect((await postJson({ url: gateway.url, headers }, chatPath, body)).status).toBe(200)
    expect(asked()).toEqual(['fake-model', 'fake-model', 'small'])
  })
})

const blocks = '```tool_call\n{"name": "weather", "arguments": {}}\n```'
const weatherTools = (): Tool[] => [flakyTool('weather', true, { calls: 1, tokens: [] })]
const offersNatively = (): boolean[] =>
  upstream.journal.flatMap(({ method, json }) =>
    method === 'POST' ? 'tools' in (json as object) : [],
  )

describe('how a model calls tools', () => {
  it('is found out from a refusal, and remembered for the runs after it', async () => {
    const gateway = await start({}, weatherTools())
    upstream.reply(
      errorReply(400, 'registry.ollama.ai/library/gemma does not support tools'),
      textReply(blocks),
      textReply('Sunny it is.'),
    )
    const first = await postJson(gateway, chatPath, agentRequest('Weather?'))
    expect(first.json.choices[0].message.content).toBe('Sunny it is.')
    expect(first.json.x_agent.tools).toMatchObject([{ tool: 'weather', ok: true }])
    expect(offersNatively()).toEqual([true, false, false])
    upstream.reset()
    upstream.reply(textReply(blocks), textReply('Still sunny.'))
    const second = await postJson(gateway, chatPath, agentRequest('Weather?'))
    expect(second.json.choices[0].message.content).toBe('Still sunny.')
    expect(offersNatively()).toEqual([false, false])
    // Another model is asked anew.
    upstream.reset()
    upstream.reply(textReply('Hi.'))
    await postJson(gateway, chatPath, agentRequest('Hi', { model: 'lmstudio/other' }))
    expect(offersNatively()).toEqual([true])
  })

  const value = 'my model does not support tools'
  const echo = `Invalid value: '${value}'.`
  const schema = { type: 'object', properties: { a: { type: value } } }
  const ownTool = { type: 'function', function: { name: 'own', parameters: schema } }
  it.each([
    ['a setting, whatever the answer is then', { reasoning_effort: value }, echo],
    ['a tool', { tools: [ownTool] }, echo],
    [
      'settings that do not go together',
      { response_format: { type: 'json_object' } },
      'This model does not support tools in combination with response_format.',
    ],
    ['a choice', { tool_choice: 'required' }, 'Unsupported parameter: tool_choice'],
  ])('what was refused for %s says nothing of the model for others', async (_, more, message) => {
    const gateway = await start({}, weatherTools())
    upstream.reply(errorReply(400, message), textReply(blocks), textReply('Sunny it is.'))
    const { json } = await postJson(gateway, chatPath, agentRequest('Weather?', more))
    expect(json.choices[0].message.content).toBe('Sunny it is.')
    // It holds for the rest of that run.
    expect(offersNatively()).toEqual([true, false, false])
    upstream.reset()
    upstream.reply(textReply('Hi.'))
    await postJson(gateway, chatPath, agentRequest('Hi'))
    expect(offersNatively()).toEqual([true])
  })

  it('a refusal that prompting does not mend says nothing of the model', async () => {
    const gateway = await start({}, weatherTools())
    upstream.reply(errorReply(400, echo), errorReply(400, echo), textReply('Hi.'))
    const { status, json } = await postJson(gateway, chatPath, agentRequest('Weather?'))
    expect([status, json.error.message]).toEqual([400, echo])
    await postJson(gateway, chatPath, agentRequest('Hi'))
    expect(offersNatively()).toEqual([true, false, true])
  })

  it('TOOL_CALLING sets it', async () => {
    const gateway = await start({ TOOL_CALLING: 'lmstudio/fake-model=prompted' }, weatherTools())
    upstream.reply(textReply(blocks), textReply('Sunny it is.'))
    const { json } = await postJson(gateway, chatPath, agentRequest('Weather?'))
    expect(json.x_agent.tools).toMatchObject([{ tool: 'weather', ok: true }])
    expect(offersNatively()).toEqual([false, false])
  })
})
