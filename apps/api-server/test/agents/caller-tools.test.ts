/** Tools of the caller beside the server's: their calls end a response, their results let the run go on. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { chatChunks, sseReply, startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { generateText, stepCountIs, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { z } from 'zod'
import { addPerson } from '../accounts/people.ts'
import { apiKey, type Gateway } from '../support/start-gateway.ts'
import { startWithTools } from './local-tools.ts'
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

let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  upstream = await startFakeModelServer()
  gateway = await startWithTools({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
afterEach(() => upstream.reset())

const open = (number: number, id = 'call_0') => ({ id, name: 'open_door', arguments: { number } })
const request = agentRequest('Open door 6*7.', { tools: [openDoor] })

const lastMessages = (): Json[] => sentBody(upstream, -1).messages

/** The conversation with the answer and the results of its calls. */
function withResults(asked: Json, answer: Json, results: readonly string[]): Json {
  const answers = answer.tool_calls.map((call: Json, index: number) => ({
    role: 'tool',
    tool_call_id: call.id,
    content: results[index] ?? 'done',
  }))
  return { ...asked, messages: [...asked.messages, answer, ...answers] }
}

describe('a call of the caller’s tools', () => {
  it('comes alone, after the server’s were made; its result lets the same run go on', async () => {
    upstream.reply(callsReply(calculate('6*7', 'call_0'), open(42, 'call_1')))
    const first = await postJson(gateway, chatPath, request)
    const [choice] = first.json.choices
    expect(choice.finish_reason).toBe('tool_calls')
    expect(choice.message.tool_calls).toMatchObject([
      { type: 'function', function: { name: 'open_door', arguments: '{"number":42}' } },
    ])
    expect(first.json.x_agent).toMatchObject({
      stop_reason: 'caller_tools',
      tools: [{ tool: 'calculator', ok: true }],
    })
    const id = first.json.x_agent.run_id
    expect(await getJson(gateway, `${runsPath}/${id}`)).toMatchObject({
      status: 'waiting_tools',
      pending_tool_calls: [{ tool: 'open_door', arguments: { number: 42 } }],
    })

    upstream.reply(textReply('It is open.'))
    const next = withResults(request, choice.message, ['opened'])
    const second = await postJson(gateway, chatPath, next)
    expect(second.headers.get('x-agent-run-id')).toBe(id)
    expect(second.json).toMatchObject({
      choices: [{ message: { content: 'It is open.' }, finish_reason: 'stop' }],
      x_agent: { run_id: id, stop_reason: 'final' },
    })
    // The model sees both calls of its one reply, each with its result.
    const messages = lastMessages()
    expect(messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
    ])
    expect(messages[2].tool_calls.map((call: Json) => call.function.name)).toEqual([
      'calculator',
      'open_door',
    ])
    expect(messages.slice(3).map(({ content }) => content)).toEqual([
      expect.stringContaining('42'),
      'opened',
    ])
    expect(await getJson(gateway, `${runsPath}/${id}`)).toMatchObject({ status: 'completed' })
  })

  it('again and again: nothing of the earlier ones is lost', async () => {
    upstream.reply(callsReply(calculate('1+1'), open(1, 'call_1')))
    let body = request
    let answer = (await postJson(gateway, chatPath, body)).json
    const id = answer.x_agent.run_id
    for (const number of [2, 3]) {
      upstream.reply(callsReply(open(number)))
      body = withResults(body, answer.choices[0].message, [`opened ${number - 1}`])
      answer = (await postJson(gateway, chatPath, body)).json
      expect(answer.x_agent).toMatchObject({ run_id: id, stop_reason: 'caller_tools' })
    }
    upstream.reply(textReply('All open.'))
    body = withResults(body, answer.choices[0].message, ['opened 3'])
    const last = await postJson(gateway, chatPath, body)
    expect(last.json.choices[0].message.content).toBe('All open.')
    const results = lastMessages().filter(({ role }) => role === 'tool')
    expect(results.map(({ content }) => content)).toEqual([
      expect.stringContaining('2'),
      'opened 1',
      'opened 2',
      'opened 3',
    ])
    const types = (await readLog(gateway, id)).map(({ event }) => event)
    expect(types.filter((type) => type === 'run-start')).toHaveLength(4)
    expect(types.filter((type) => type === 'tool-end')).toHaveLength(4)
  })

  it('streamed, in one delta each', async () => {
    upstream.reply(callsReply(calculate('6*7'), open(42, 'call_1')))
    const first = await streamed(gateway, chatPath, request)
    expect(first.finish).toEqual(['tool_calls'])
    expect(first.calls).toMatchObject([
      { index: 0, function: { name: 'open_door', arguments: '{"number":42}' } },
    ])
    upstream.reply(textReply('It is open.'))
    const message = { role: 'assistant', content: null, tool_calls: first.calls }
    const second = await streamed(gateway, chatPath, withResults(request, message, ['opened']))
    expect(second.text).toBe('It is open.')
    expect(second.headers.get('x-agent-run-id')).toBe(first.headers.get('x-agent-run-id'))
  })

  it('in a session, where only the results are sent', async () => {
    const session_id = 'doors'
    upstream.reply(callsReply(calculate('6*7'), open(42, 'call_1')))
    const first = await postJson(gateway, chatPath, { ...request, session_id })
    const [call] = first.json.choices[0].message.tool_calls
    const mistyped = await postJson(gateway, chatPath, {
      ...request,
      session_id,
      messages: [{ role: 'tool', tool_call_id: 'call_typo', content: 'opened' }],
    })
    expect(mistyped.status).toBe(400)
    expect(mistyped.json.error.message).toContain(`waits for ${call.id}.`)
    upstream.reply(textReply('It is open.'))
    const second = await postJson(gateway, chatPath, {
      ...request,
      session_id,
      messages: [{ role: 'tool', tool_call_id: call.id, content: 'opened' }],
    })
    expect(second.json.x_agent.run_id).toBe(first.json.x_agent.run_id)
    expect(second.json.choices[0].message.content).toBe('It is open.')
    expect(lastMessages().map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
    ])
    const { messages } = await getJson(gateway, `/api/chat/history/${session_id}`)
    expect(messages.map(({ role }: Json) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
    ])
    upstream.reply(textReply('You are welcome.'))
    const third = await postJson(gateway, chatPath, {
      ...request,
      session_id,
      messages: [{ role: 'user', content: 'Thanks' }],
    })
    expect(third.json.choices[0].message.content).toBe('You are welcome.')
    expect(third.json.x_agent.run_id).not.toBe(first.json.x_agent.run_id)
  })

  it('of several, those without a result are asked for again', async () => {
    upstream.reply(callsReply(open(1, 'call_0'), open(2, 'call_1')))
    const { json } = await postJson(gateway, chatPath, request)
    const { message } = json.choices[0]
    const [one, two] = message.tool_calls
    const result = { role: 'tool', tool_call_id: two.id, content: 'opened 2' }
    const partly = { ...request, messages: [...request.messages, message, result] }
    const second = await postJson(gateway, chatPath, partly)
    expect(second.json.choices[0].message.tool_calls).toMatchObject([{ id: one.id }])
    upstream.reply(textReply('Both open.'))
    const rest = withResults(partly, second.json.choices[0].message, ['opened 1'])
    expect((await postJson(gateway, chatPath, rest)).json.choices[0].message.content).toBe(
      'Both open.',
    )
    expect(lastMessages().filter(({ role }) => role === 'tool')).toMatchObject([
      { tool_call_id: one.id, content: 'opened 1' },
      { tool_call_id: two.id, content: 'opened 2' },
    ])
  })

  it('files and sources that were found before are named by the last answer', async () => {
    upstream.reply(callsReply({ id: 'r', name: 'report', arguments: {} }, open(1, 'call_1')))
    const first = await postJson(gateway, chatPath, request)
    const { message } = first.json.choices[0]
    expect(message.content).toBeNull()
    upstream.reply(textReply('It is as [1] says: see file-report.'))
    const second = await postJson(gateway, chatPath, withResults(request, message, ['opened']))
    const [choice] = second.json.choices
    expect(choice.message.content).toMatch(/\[report\.txt\]\(http.*file-report/)
    expect(choice.message.annotations).toMatchObject([
      { type: 'url_citation', url_citation: { url: 'https://doors.example/' } },
    ])
  })

  it('in a step of a plan', async () => {
    const plan = { steps: [{ task: 'Open it' }, { task: 'Say so', depends_on: ['1'] }] }
    const asked = { ...request, agent_type: 'plan_execute' }
    upstream.reply(
      textReply(JSON.stringify(plan)),
      callsReply(calculate('6*7'), open(42, 'call_1')),
    )
    const first = await postJson(gateway, chatPath, asked)
    expect(first.json.choices[0].finish_reason).toBe('tool_calls')
    upstream.reply(callsReply(open(43)))
    const between = withResults(asked, first.json.choices[0].message, ['locked'])
    const second = await postJson(gateway, chatPath, between)
    expect(second.json.choices[0].finish_reason).toBe('tool_calls')
    upstream.reply(textReply('opened'), textReply('said'), textReply('Door 43 is open.'))
    const last = withResults(between, second.json.choices[0].message, ['opened'])
    const third = await postJson(gateway, chatPath, last)
    expect(third.json.choices[0].message.content).toBe('Door 43 is open.')
    // The step that went on twice still knew all of its calls.
    const step = sentBody(upstream, -3).messages as Json[]
    expect(step.filter(({ role }) => role === 'tool').map(({ content }) => content)).toEqual([
      expect.stringContaining('42'),
      'locked',
      'opened',
    ])
  })
})

async function paused(more: object = {}): Promise<{ body: Json; id: string }> {
  upstream.reply(callsReply(open(1)))
  const { json } = await postJson(gateway, chatPath, { ...request, ...more })
  const body = withResults({ ...request, ...more }, json.choices[0].message, ['opened'])
  return { body, id: json.x_agent.run_id }
}

describe('results that no run waits for', () => {
  it('sent twice, the second is a run of its own', async () => {
    const { body, id } = await paused()
    upstream.onRequest(({ method }) => (method === 'POST' ? textReply('Open.') : undefined))
    expect((await postJson(gateway, chatPath, body)).json.x_agent.run_id).toBe(id)
    const again = await postJson(gateway, chatPath, body)
    expect(again.json.choices[0].message.content).toBe('Open.')
    expect(again.json.x_agent.run_id).not.toBe(id)
  })

  it('sent again while the run goes on with them, they are told which run that is', async () => {
    const { body, id } = await paused()
    const answered = Promise.withResolvers<void>()
    upstream.reply(callsReply(calculate('6*7')))
    upstream.onRequest(async ({ method }) => {
      if (method !== 'POST') return undefined
      await answered.promise
      return textReply('Open.')
    })
    const asked = upstream.journal.length
    const first = postJson(gateway, chatPath, body)
    await upstream.received(asked + 1)
    for (const stream of [false, true]) {
      const { status, headers, json } = await postJson(gateway, chatPath, { ...body, stream })
      expect([status, json.error.code]).toEqual([409, 'run_not_waiting'])
      expect(json.error.message).toContain(`${runsPath}/${id}/events`)
      expect(headers.get('x-should-retry')).toBe('false')
    }
    answered.resolve()
    expect((await first).json.x_agent).toMatchObject({ run_id: id, tools: [{ ok: true }] })
    expect(upstream.journal).toHaveLength(asked + 2)
  })

  it('of several requests at once one lets the run go on, the others run nothing', async () => {
    const { body, id } = await paused()
    const asked = upstream.journal.length
    const slowReply = sseReply(chatChunks({ content: 'Open.' }), { delayMs: 50 })
    upstream.onRequest(({ method }) => (method === 'POST' ? slowReply : undefined))
    const answers = await Promise.all([1, 2, 3, 4].map(() => postJson(gateway, chatPath, body)))
    const [first, ...others] = answers.toSorted((a, b) => a.status - b.status)
    expect(first?.json.x_agent.run_id).toBe(id)
    expect(others.map(({ status }) => status)).toEqual([409, 409, 409])
    expect(upstream.journal).toHaveLength(asked + 1)
  })

  it('another user’s call id opens nothing', async () => {
    const { body, id } = await paused()
    const ben = await addPerson(gateway, 'ben')
    const headers = { ...gateway.headers, authorization: `Bearer ${ben.key}` }
    upstream.reply(textReply('Open.'))
    const { json } = await postJson({ url: gateway.url, headers }, chatPath, body)
    expect(json.x_agent.run_id).not.toBe(id)
    expect(await getJson(gateway, `${runsPath}/${id}`)).toMatchObject({ status: 'waiting_tools' })
  })

  it('a run of a session is not continued outside of it', async () => {
    const { body, id } = await paused({ session_id: 'inside' })
    upstream.reply(textReply('Open.'))
    const { session_id: _, ...outside } = body
    const { json } = await postJson(gateway, chatPath, outside)
    expect(json.x_agent.run_id).not.toBe(id)
  })

  it('two runs whose model counts its calls alike are not mixed up', async () => {
    const [one, two] = [await paused(), await paused()]
    upstream.onRequest(({ method }) => (method === 'POST' ? textReply('Open.') : undefined))
    expect((await postJson(gateway, chatPath, one.body)).json.x_agent.run_id).toBe(one.id)
    expect((await postJson(gateway, chatPath, two.body)).json.x_agent.run_id).toBe(two.id)
  })
})

/** What the model was asked last: roles, and the ids of calls and results. */
const lastShape = (): string[] =>
  lastMessages().map(({ role, tool_calls, tool_call_id }) =>
    [role, ...(tool_calls ?? []).map(({ id }: Json) => id), tool_call_id ?? ''].join(' ').trim(),
  )

/** A run that waits for two results; the model then has an answer. */
async function askedForTwo(
  more: object = {},
): Promise<{ message: Json; ids: string[]; run: string }> {
  upstream.reply(callsReply(open(1, 'call_0'), open(2, 'call_1')))
  const { json } = await postJson(gateway, chatPath, { ...request, ...more })
  const { message } = json.choices[0]
  upstream.reply(textReply('All right.'))
  return { message, ids: message.tool_calls.map(({ id }: Json) => id), run: json.x_agent.run_id }
}

describe('a caller who goes on without results', () => {
  const user = { role: 'user', content: 'Never mind.' }

  it('is answered, and the model sees no call without a result', async () => {
    const { message, run } = await askedForTwo()
    const body = { ...request, messages: [...request.messages, message, user] }
    const { json } = await postJson(gateway, chatPath, body)
    expect(json.choices[0].message.content).toBe('All right.')
    expect(json.x_agent.run_id).not.toBe(run)
    expect(lastShape()).toEqual(['system', 'user', 'user'])
  })

  it('but with some of them: those stand behind their calls', async () => {
    const { message, ids } = await askedForTwo()
    const result = { role: 'tool', tool_call_id: ids[1], content: 'opened 2' }
    const stray = { role: 'tool', tool_call_id: 'call_other', content: 'x' }
    const messages = [...request.messages, message, result, result, stray, user]
    expect((await postJson(gateway, chatPath, { ...request, messages })).status).toBe(200)
    const shape = ['system', 'user', `assistant ${ids[1]}`, `tool ${ids[1]}`, 'user']
    expect(lastShape()).toEqual(shape)
  })

  it('cannot bring them late in a session, and is told so', async () => {
    const session_id = 'late'
    const { ids } = await askedForTwo({ session_id })
    const inSession = { ...request, session_id }
    await postJson(gateway, chatPath, { ...inSession, messages: [user] })
    expect(lastShape()).toEqual(['system', 'user', 'user'])
    const sent = upstream.journal.length
    const late = [{ role: 'tool', tool_call_id: ids[0], content: 'opened' }]
    const { status, json } = await postJson(gateway, chatPath, { ...inSession, messages: late })
    expect([status, json.error.code]).toEqual([400, 'invalid_request'])
    expect(json.error.message).toMatch(/went on without the result.* It waits for none/)
    expect(upstream.journal).toHaveLength(sent)
  })

  it('nor twice: of two requests at once in a session one is answered', async () => {
    const session_id = 'twice'
    const { ids } = await askedForTwo({ session_id })
    const messages = ids.map((id) => ({ role: 'tool', tool_call_id: id, content: 'opened' }))
    const body = { ...request, session_id, messages }
    const answers = await Promise.all([1, 2].map(() => postJson(gateway, chatPath, body)))
    const [first, second] = answers.toSorted((a, b) => a.status - b.status)
    expect(first?.json.choices[0].message.content).toBe('All right.')
    expect(second?.status).toBe(400)
    expect(second?.json.error.message).toContain('has the result')
  })

  it('results alone, of a session that is not named, are an error', async () => {
    const { ids } = await askedForTwo()
    const messages = [{ role: 'tool', tool_call_id: ids[0], content: 'opened' }]
    const { status, json } = await postJson(gateway, chatPath, { ...request, messages })
    expect(status).toBe(400)
    expect(json.error.message).toContain('session_id')
  })

  it('and without an agent sends the model what it wrote', async () => {
    const { message } = await askedForTwo()
    const { agent_type: _, ...plain } = request
    const messages = [...request.messages, message, user]
    await postJson(gateway, chatPath, { ...plain, messages })
    expect(lastMessages()).toEqual(messages)
  })
})

const script = (): void =>
  upstream.reply(
    callsReply(calculate('6*7', 'call_0'), open(42, 'call_1')),
    callsReply(open(43, 'call_0')),
    textReply('Both are open.'),
  )

describe('clients, unmodified', () => {
  it.each([true, false])('openai’s runTools, streamed: %s', async (stream) => {
    const client = new OpenAI({ baseURL: gateway.baseUrl, apiKey, maxRetries: 0 })
    const opened: number[] = []
    const doorTool = {
      type: 'function' as const,
      function: {
        ...openDoor.function,
        parse: (text: string) => JSON.parse(text) as { number: number },
        function: ({ number }: { number: number }) => {
          opened.push(number)
          return `opened ${number}`
        },
      },
    }
    script()
    const body = { ...request, stream, tools: [doorTool] }
    const runner = client.chat.completions.runTools(body)
    expect(await runner.finalContent()).toBe('Both are open.')
    expect(opened).toEqual([42, 43])
    expect(JSON.stringify(lastMessages())).toMatch(/opened 42.*opened 43/)
    const { runs } = await getJson(gateway, runsPath)
    expect(runs[0]).toMatchObject({ status: 'completed', tool_calls: 1, model_calls: 3 })
  })

  it('the AI SDK, streamed and not', async () => {
    const provider = createOpenAICompatible({ name: 'tandem', baseURL: gateway.baseUrl, apiKey })
    const opened: number[] = []
    const options = {
      model: provider('react/lmstudio/fake-model'),
      prompt: 'Open door 6*7.',
      stopWhen: stepCountIs(5),
      tools: {
        open_door: tool({
          inputSchema: z.object({ number: z.number() }),
          execute: async ({ number }) => {
            opened.push(number)
            return `opened ${number}`
          },
        }),
      },
    }
    script()
    expect((await generateText(options)).text).toBe('Both are open.')
    script()
    expect(await streamText(options).text).toBe('Both are open.')
    expect(opened).toEqual([42, 43, 42, 43])
    const { runs } = await getJson(gateway, `${runsPath}?limit=2`)
    expect(runs).toMatchObject([{ tool_calls: 1 }, { tool_calls: 1 }])
  })
})
