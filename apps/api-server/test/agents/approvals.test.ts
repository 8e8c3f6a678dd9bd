/** TOOL_APPROVAL: a run waits for its user's word, and goes on with it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { AppError } from '@tandem/schemas'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import OpenAI from 'openai'
import { expectErrorBody } from '../support/read-error.ts'
import { apiKey, type Gateway } from '../support/start-gateway.ts'
import { localTools, startWithTools } from './local-tools.ts'
import {
  agentRequest,
  calculate,
  callsReply,
  chatPath,
  getJson,
  openDoor,
  postJson,
  readLog,
  runsPath,
  sentBody,
  streamed,
  textReply,
  type Json,
} from './run-client.ts'

/** What the tools server says; a throw is one that is down. */
let tools = () => localTools
let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  const env = {
    LMSTUDIO_BASE_URL: upstream.baseUrl,
    TOOL_APPROVAL: 'calculator=ask,fetch_page=deny',
  }
  gateway = await startWithTools({ env }, () => tools())
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
afterEach(() => upstream.reset())

const time = { id: 'call_t', name: 'get_current_time', arguments: {} }

/** A run that waits with `calculator`, after its other call was made. */
async function pause(more: object = {}): Promise<{ id: string; json: Json }> {
  upstream.reply(callsReply(time, calculate('6*7', 'call_c')))
  const { json } = await postJson(gateway, chatPath, agentRequest('6*7?', more))
  return { id: json.x_agent.run_id, json }
}

const approve = (id: string, body: object = { approve: true }) =>
  postJson(gateway, `${runsPath}/${id}/approvals`, body)

/** What the model was asked with last. */
const lastMessages = (): Json[] => sentBody(upstream, -1).messages

describe('a tool that must be approved', () => {
  it('pauses the run with an answer that people and programs can read', async () => {
    const { id, json } = await pause()
    const [choice] = json.choices
    expect(choice.finish_reason).toBe('stop')
    expect(choice.message).not.toHaveProperty('tool_calls')
    expect(choice.message.content).toMatch(/approval/)
    expect(choice.message.content).toContain('`calculator` {"expression":"6*7"}')
    expect(choice.message.content).toContain(`POST /api/agent/runs/${id}/approvals`)
    const waiting = { call_id: 'call_c', tool: 'calculator', arguments: { expression: '6*7' } }
    expect(json.x_agent).toMatchObject({
      stop_reason: 'waiting_approval',
      pending_approvals: [waiting],
      tools: [{ tool: 'get_current_time', ok: true }],
    })
    expect(await getJson(gateway, `${runsPath}/${id}`)).toMatchObject({
      status: 'waiting_approval',
      pending_approvals: [waiting],
    })
  })

  it('approved, it is called, and the completion goes on', async () => {
    const { id } = await pause()
    upstream.reply(textReply('It is 42.'))
    const { status, headers, json } = await approve(id)
    expect(status).toBe(200)
    expect(headers.get('x-agent-run-id')).toBe(id)
    expect(json).toMatchObject({
      object: 'chat.completion',
      model: 'lmstudio/fake-model',
      choices: [{ message: { content: 'It is 42.' }, finish_reason: 'stop' }],
      x_agent: { run_id: id, stop_reason: 'final', tools: [{ tool: 'calculator', ok: true }] },
    })
    const messages = lastMessages()
    expect(messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
    ])
    expect(messages.at(-1)).toMatchObject({
      tool_call_id: 'call_c',
      content: expect.stringContaining('42'),
    })
    expect(await getJson(gateway, `${runsPath}/${id}`)).toMatchObject({
      status: 'completed',
      tool_calls: 2,
      model_calls: 2,
      pending_approvals: [],
    })
    const types = (await readLog(gateway, id)).map(({ event }) => event)
    expect(types.slice(-8)).toEqual([
      'approval-decided',
      'run-start',
      'step-start',
      'tool-start',
      'tool-end',
      'step-start',
      'text-delta',
      'run-end',
    ])
  })

  it('streamed, both halves are completions that the openai client reads', async () => {
    const client = new OpenAI({ baseURL: gateway.baseUrl, apiKey, maxRetries: 0 })
    upstream.reply(callsReply(calculate('6*7', 'call_c')))
    const runner = client.chat.completions.stream(agentRequest('6*7?'))
    const first = await runner.finalChatCompletion()
    expect(first.choices[0]?.message.content).toContain('approval')
    const [run] = (await getJson(gateway, `${runsPath}?status=waiting_approval`)).runs
    upstream.reply(textReply('It is 42.'))
    const { text, finish, frames } = await streamed(gateway, `${runsPath}/${run.id}/approvals`, {
      approve: true,
    })
    expect(text).toBe('It is 42.')
    expect(finish).toEqual(['stop'])
    expect(frames.map(({ type }) => type)).toContain('tool-end')
    expect(new Set(frames.map((frame) => frame.run_id))).toEqual(new Set([run.id]))
  })

  it('declined, the model reads so and why', async () => {
    const { id } = await pause()
    upstream.reply(textReply('Then I cannot say.'))
    const { json } = await approve(id, { call_id: 'call_c', approve: false, reason: 'No sums.' })
    expect(json.choices[0].message.content).toBe('Then I cannot say.')
    expect(lastMessages().at(-1).content).toMatch(/declined.*No sums\./s)
    const log = await readLog(gateway, id)
    expect(log.find(({ event }) => event === 'approval-decided')?.data).toMatchObject({
      call_id: 'call_c',
      approved: false,
      reason: 'No sums.',
    })
    expect(log.filter(({ event }) => event === 'tool-end').at(-1)?.data.error.code).toBe('declined')
  })

  it('of several, each can be decided by itself; what is left is asked for again', async () => {
    upstream.reply(callsReply(calculate('1+1', 'call_a'), calculate('2+2', 'call_b')))
    const { json } = await postJson(gateway, chatPath, agentRequest('Two sums'))
    const id: string = json.x_agent.run_id
    expect(json.x_agent.pending_approvals).toHaveLength(2)
    const first = await approve(id, { call_id: 'call_a', approve: true })
    expect(first.json.x_agent).toMatchObject({
      stop_reason: 'waiting_approval',
      pending_approvals: [{ call_id: 'call_b' }],
      tools: [{ call_id: 'call_a', ok: true }],
    })
    upstream.reply(textReply('2, and no.'))
    const second = await approve(id, { approvals: [{ call_id: 'call_b', approve: false }] })
    expect(second.json.choices[0].message.content).toBe('2, and no.')
    expect(
      lastMessages()
        .filter(({ role }) => role === 'tool')
        .map((message) => message.tool_call_id),
    ).toEqual(['call_a', 'call_b'])
  })

  it('in a session the decision and what came of it are part of the conversation', async () => {
    const session_id = 'approvals'
    const { id } = await pause({ session_id })
    upstream.reply(textReply('It is 42.'))
    const { json } = await approve(id)
    expect(json.session_id).toBe(session_id)
    const { messages } = await getJson(gateway, `/api/chat/history/${session_id}`)
    expect(messages.map((message: Json) => [message.role, message.content])).toEqual([
      ['user', '6*7?'],
      ['assistant', expect.stringContaining('approval')],
      ['user', 'Approved: `calculator`'],
      ['assistant', 'It is 42.'],
    ])
  })

  it('its steps in a plan: the plan goes on where it was', async () => {
    const plan = { steps: [{ task: 'Add' }, { task: 'Say', depends_on: ['1'] }] }
    upstream.reply(textReply(JSON.stringify(plan)), callsReply(calculate('6*7', 'call_s')))
    const request = agentRequest('Add and say', { agent_type: 'plan_execute' })
    const { json } = await postJson(gateway, chatPath, request)
    expect(json.x_agent).toMatchObject({ agent: 'plan_execute', stop_reason: 'waiting_approval' })
    upstream.reply(textReply('It is 42.'), textReply('said'), textReply('All is said: 42.'))
    const resumed = await approve(json.x_agent.run_id)
    expect(resumed.json.choices[0].message.content).toBe('All is said: 42.')
    expect(resumed.json.x_agent).toMatchObject({ stop_reason: 'final', tool_calls: 1 })
  })
})

describe('what cannot be approved', () => {
  it('a run that does not wait (any more): 409', async () => {
    const { id } = await pause()
    upstream.reply(textReply('It is 42.'))
    await approve(id)
    const { status, json } = await approve(id)
    expect([status, json.error.code]).toEqual([409, 'run_not_waiting'])
  })

  it('one of two at once goes on, once', async () => {
    const { id } = await pause()
    upstream.onRequest(() => textReply('It is 42.'))
    const statuses = (await Promise.all([approve(id), approve(id)])).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200, 409]))
    expect(await getJson(gateway, `${runsPath}/${id}`)).toMatchObject({ tool_calls: 2 })
  })

  it.each([
    [{}, 'approve'],
    [{ approve: 'yes' }, 'approve'],
    [{ call_id: 'call_x', approve: true }, 'call_id'],
    [{ approvals: [] }, 'approvals'],
    [{ approvals: [{ call_id: 'call_c' }] }, 'approvals[0].approve'],
  ])('%j: 400, and the run keeps waiting', async (body, param) => {
    const { id } = await pause()
    const response = await gateway.post(`${runsPath}/${id}/approvals`, body)
    expect(response.status).toBe(400)
    expect(expectErrorBody(await response.text()).param).toBe(param)
    expect(await getJson(gateway, `${runsPath}/${id}`)).toMatchObject({
      status: 'waiting_approval',
    })
  })

  it('a run that was cancelled while it waited', async () => {
    const { id } = await pause()
    const cancelled = await postJson(gateway, `${runsPath}/${id}/cancel`)
    expect(cancelled.json).toMatchObject({ status: 'cancelled', pending_approvals: [] })
    expect((await approve(id)).status).toBe(409)
    expect((await readLog(gateway, id)).at(-1)?.data.stop_reason).toBe('cancelled')
  })

  it('anything while the tools server is down: the run keeps waiting', async () => {
    const { id } = await pause()
    tools = () => {
      throw new AppError('tools_unavailable')
    }
    const down = await approve(id)
    expect([down.status, down.json.error.code]).toEqual([503, 'tools_unavailable'])
    tools = () => localTools
    upstream.reply(textReply('It is 42.'))
    expect((await approve(id)).status).toBe(200)
  })
})

describe('the policy', () => {
  it('a tool that is denied is not offered, and cannot be named', async () => {
    upstream.reply(textReply('Hi.'))
    await postJson(gateway, chatPath, agentRequest('Hi'))
    const offered = sentBody(upstream, 0).tools.map((tool: Json) => tool.function.name)
    expect(offered).toContain('calculator')
    expect(offered).not.toContain('fetch_page')
    const request = agentRequest('Hi', { available_tools: ['fetch_page'] })
    const { status, json } = await postJson(gateway, chatPath, request)
    expect([status, json.error.param]).toEqual([400, 'available_tools'])
    expect(json.error.message).toContain('may not use')
  })

  it.each([
    ['can be stricter', { '*': 'ask' }, 'waiting_approval'],
    ['can be stricter in one word', 'ask', 'waiting_approval'],
    ['cannot be laxer', { calculator: 'allow' }, 'waiting_approval'],
    ['cannot be laxer in one word', 'allow', 'waiting_approval'],
  ])('a request %s', async (_, approval, stopReason) => {
    const calls = typeof approval === 'object' && '*' in approval ? [time] : [calculate('1+1')]
    upstream.reply(callsReply(...calls), textReply('Done.'))
    const request = agentRequest('Go', { x_agent: { approval } })
    const { json } = await postJson(gateway, chatPath, request)
    expect(json.x_agent.stop_reason).toBe(stopReason)
  })

  it('a request can deny', async () => {
    upstream.reply(textReply('Hi.'))
    const request = agentRequest('Hi', { x_agent: { approval: { calculator: 'deny' } } })
    await postJson(gateway, chatPath, request)
    expect(JSON.stringify(sentBody(upstream, 0).tools)).not.toContain('calculator')
  })

  it('a rule for a tool that there is not is a 400: it would allow what it was to forbid', async () => {
    const request = agentRequest('Hi', {
      x_agent: { approval: { '*': 'ask', calcculator: 'deny' } },
    })
    const { status, json } = await postJson(gateway, chatPath, request)
    expect([status, json.error.param]).toEqual([400, 'x_agent.approval'])
    expect(json.error.message).toContain('calculator')
  })

  it('what is no policy is a 400', async () => {
    const request = agentRequest('Hi', { x_agent: { approval: { calculator: 'perhaps' } } })
    const { status, json } = await postJson(gateway, chatPath, request)
    expect([status, json.error.param]).toEqual([400, 'x_agent.approval.calculator'])
  })

  it("the caller's own tools ask nobody", async () => {
    upstream.reply(callsReply({ id: 'call_0', name: 'open_door', arguments: { number: 3 } }))
    const request = agentRequest('Open', { tools: [openDoor], x_agent: { approval: 'ask' } })
    const { json } = await postJson(gateway, chatPath, request)
    expect(json.choices[0].finish_reason).toBe('tool_calls')
  })
})
