import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, streamText } from 'ai'
import OpenAI from 'openai'
import {
  chatChunks,
  errorReply,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
} from '@tandem/testing'
import { expectErrorBody } from '../support/read-error.ts'
import { spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import { apiKey, startGateway, type Gateway } from '../support/start-gateway.ts'

let tools: ToolsProcess
let upstream: FakeModelServer
let gateway: Gateway
let client: OpenAI

beforeAll(async () => {
  tools = await spawnTools()
  upstream = await startFakeModelServer()
  gateway = await tools.gateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
  client = new OpenAI({ baseURL: gateway.baseUrl, apiKey, maxRetries: 0 })
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await upstream.close()
  await tools.close()
})
afterEach(() => upstream.reset())

type Json = ReturnType<typeof JSON.parse>

const path = '/v1/chat/completions'
const question = 'Calculate 12 * (3 + 4).'
const calculate = {
  model: 'demo/assistant',
  agent_type: 'react',
  available_tools: ['calculator'],
  messages: [{ role: 'user' as const, content: question }],
}

async function ask(body: object, from: Gateway = gateway): Promise<Json> {
  const response = await from.post(path, body)
  return response.json()
}

async function chunksOf(body: object): Promise<{ chunks: Json[]; text: string; headers: Headers }> {
  const response = await gateway.post(path, { ...body, stream: true })
  const raw = await response.text()
  const data = raw.split('\n\n').filter((event) => event.startsWith('data: '))
  expect(data.at(-1)).toBe('data: [DONE]')
  const chunks: Json[] = data.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)))
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
  return { chunks, text, headers: response.headers }
}

describe('an agent behind a plain chat completion', () => {
  it('runs a real tool and answers with what it found', async () => {
    const body = await ask(calculate)
    const [choice] = body.choices
    expect(choice).toMatchObject({ index: 0, finish_reason: 'stop' })
    expect(choice.message.content).toContain('84')
    expect(choice.message).not.toHaveProperty('tool_calls')
    expect(choice.message.reasoning_content).toContain('Using calculator')
    expect(body.usage.total_tokens).toBeGreaterThan(0)
    expect(body.x_agent).toMatchObject({
      run_id: expect.stringMatching(/^run_/),
      agent: 'react',
      stop_reason: 'final',
      tool_calls: 1,
      model_calls: 2,
      tools: [{ tool: 'calculator', ok: true }],
    })
  })

  it('streams one well-formed completion, its progress beside the text', async () => {
    const { chunks, text, headers } = await chunksOf({
      ...calculate,
      stream_options: { include_usage: true },
    })
    expect(text).toContain('84')
    const [first] = chunks
    expect(headers.get('x-agent-run-id')).toMatch(/^run_/)
    expect(first.choices[0].delta).toEqual({ role: 'assistant', content: '' })
    const choices = chunks.flatMap((chunk) => chunk.choices)
    expect(choices.filter(({ delta }) => delta.role)).toHaveLength(1)
    expect(choices.map((each) => each.finish_reason).filter(Boolean)).toEqual(['stop'])
    expect(choices.every(({ delta }) => !('tool_calls' in delta))).toBe(true)
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(
      1,
    )
    const types = chunks.flatMap(({ x_agent }) => (x_agent ? [x_agent.type] : []))
    expect(types[0]).toBe('run-start')
    expect(types).toEqual(expect.arrayContaining(['tool-start', 'tool-end']))
    expect(types.at(-1)).toBe('run-end')
    const frames = chunks.flatMap(({ x_agent }) => (x_agent ? [x_agent] : []))
    expect(new Set(frames.map(({ run_id }) => run_id))).toEqual(
      new Set([headers.get('x-agent-run-id')]),
    )
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { total_tokens: expect.any(Number) },
    })
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
  })

  it.each(['react/demo/assistant', 'plan-execute/demo/assistant', 'auto/demo/assistant'])(
    'is the model %s as well, listed like any other',
    async (model) => {
      const { agent_type: _agent, ...plain } = calculate
      const body = await ask({ ...plain, model })
      expect(body.model).toBe(model)
      expect(body.choices[0].message.content).toContain('84')
      const { data } = (await (await gateway.get('/v1/models')).json()) as Json
      expect(data.map(({ id }: Json) => id)).toContain(model)
      expect(await (await gateway.get(`/v1/models/${model}`)).json()).toMatchObject({ id: model })
    },
  )

  it('says why auto chose what it chose', async () => {
    const body = await ask({ ...calculate, agent_type: 'auto' })
    expect(body.x_agent).toMatchObject({
      agent: 'react',
      why: expect.stringContaining('Calculate'),
    })
  })

  it('shows no more of its run than was asked for', async () => {
    const { chunks, text } = await chunksOf({ ...calculate, x_agent: { trace: 'none' } })
    expect(text).toContain('84')
    expect(chunks.some(({ x_agent }) => x_agent)).toBe(false)
    const full = await chunksOf({ ...calculate, x_agent: { trace: 'full' } })
    const end = full.chunks.find(({ x_agent }) => x_agent?.type === 'tool-end')
    expect(end.x_agent.result.content).toContain('84')
  })

  it('is counted: all its model calls in one record', async () => {
    await gateway.deps.usage.flush()
    const before = (await (await gateway.get('/api/usage')).json()) as Json
    const { usage } = await ask(calculate)
    await gateway.deps.usage.flush()
    const after = (await (await gateway.get('/api/usage')).json()) as Json
    const spent = (it: Json): number => it.totals.total_tokens
    expect(spent(after) - spent(before)).toBe(usage.total_tokens)
  })

  it('remembers, in a session', async () => {
    const session_id = 'agent-session'
    const first = await ask({ ...calculate, session_id })
    expect(first.session_id).toBe(session_id)
    const history = (await (await gateway.get(`/api/chat/history/${session_id}`)).json()) as Json
    expect(history.messages.map(({ role }: Json) => role)).toEqual(['user', 'assistant'])
    expect(history.messages[1].content).toContain('84')
  })
})

describe('clients', () => {
  it('openai, its streaming helper too', async () => {
    const runner = client.chat.completions.stream(calculate as never)
    const final = await runner.finalChatCompletion()
    expect(final.choices[0]?.message.content).toContain('84')
    expect(final.choices[0]?.message.tool_calls ?? []).toEqual([])
  })

  it('the AI SDK, streamed and not', async () => {
    const provider = createOpenAICompatible({ name: 'tandem', baseURL: gateway.baseUrl, apiKey })
    const model = provider('react/demo/assistant')
    expect((await generateText({ model, prompt: question })).text).toContain('84')
    const streamed = streamText({ model, prompt: question })
    expect(await streamed.text).toContain('84')
    expect(await streamed.reasoningText).toContain('Using calculator')
    expect(await streamed.finishReason).toBe('stop')
  })

  it('LangChain, streamed and not', async () => {
    const options = { apiKey, model: 'react/demo/assistant', maxRetries: 0 }
    const model = new ChatOpenAI({ ...options, configuration: { baseURL: gateway.baseUrl } })
    expect((await model.invoke(question)).text).toContain('84')
    let text = ''
    for await (const chunk of await model.stream(question)) text += chunk.text
    expect(text).toContain('84')
  })
})

describe('what is wrong is said before anything runs', () => {
  it.each([
    [{ available_tools: ['calculater'] }, 'available_tools', /calculater.*calculator/],
    [{ available_tools: ['websearch'] }, 'available_tools', /cannot be used/],
    [{ x_agent: { max_iterations: 0 } }, 'x_agent.max_iterations', /max_iterations/],
    [{ x_agent: { trace: 'all' } }, 'x_agent.trace', /trace/],
    [{ x_agent: { aproval: 'ask' } }, 'x_agent.aproval', /Unknown parameter/],
    [{ x_agent: { approval: 'maybe' } }, 'x_agent.approval', /allow, ask or deny/],
    [{ agent_type: 'swarm' }, 'agent_type', /agent_type/],
    [{ n: 2 }, 'n', /'n'/],
  ])('%j', async (wrong, param, message) => {
    const response = await gateway.post(path, { ...calculate, ...wrong })
    expect(response.status).toBe(400)
    const error = expectErrorBody(await response.text())
    expect(error).toMatchObject({ param, message: expect.stringMatching(message) })
  })

  it('a model that refuses is an error, streamed and not', async () => {
    upstream.reply(errorReply(404, 'no such model'))
    const response = await gateway.post(path, { ...calculate, model: 'lmstudio/gone' })
    expect(response.status).toBe(404)
    upstream.reply(errorReply(404, 'no such model'))
    const streamed = await gateway.post(path, {
      ...calculate,
      model: 'lmstudio/gone',
      stream: true,
    })
    const text = await streamed.text()
    expect(text).toContain('"error":{')
    expect(text).not.toContain('[DONE]')
  })
})

describe('when parts are missing', () => {
  it('a tools server that is down costs the tools and not the answer', async () => {
    const alone = await startGateway()
    const body = await ask({ ...calculate, available_tools: undefined }, alone)
    expect(body.choices[0].message.content).not.toBe('')
    expect(body.x_agent).toMatchObject({ stop_reason: 'final', tool_calls: 0 })
    await alone.close()
  })

  it("the caller's own tools come back as its calls", async () => {
    const toolCalls = [{ id: 'call_1', name: 'open_door', arguments: '{"number":3}' }]
    upstream.reply(sseReply(chatChunks({ toolCalls })))
    const body = await ask({
      ...calculate,
      model: 'lmstudio/fake-model',
      tools: [
        { type: 'function', function: { name: 'open_door', parameters: { type: 'object' } } },
      ],
    })
    expect(body.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'open_door' } }] },
    })
  })
})
