/** Runs of agents are recorded: looked up, followed, cancelled, and gone with their owner. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  chatChunks,
  errorReply,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
  type ReplyChunk,
} from '@tandem/testing'
import { addPerson, type Person } from '../accounts/people.ts'
import { describeSandbox } from '../support/describe-sandbox.ts'
import { expectErrorBody } from '../support/read-error.ts'
import { spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'
import {
  agentRequest,
  calculate,
  callsReply,
  chatPath,
  getJson,
  parseLog,
  postJson,
  readLog,
  runsPath,
  streamed,
  textReply,
  type Json,
} from './run-client.ts'

let tools: ToolsProcess
let upstream: FakeModelServer
let gateway: Gateway

beforeAll(async () => {
  tools = await spawnTools()
  upstream = await startFakeModelServer()
  gateway = await tools.gateway({ env: { LMSTUDIO_BASE_URL: upstream.baseUrl } })
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await upstream.close()
  await tools.close()
})
afterEach(() => upstream.reset())

const as = (key: string) => ({
  url: gateway.url,
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
})

async function runOnce(more: object = {}): Promise<{ id: string; json: Json }> {
  upstream.reply(callsReply(calculate('6*7')), textReply('It is 42.'))
  const { json } = await postJson(gateway, chatPath, agentRequest('6*7?', more))
  return { id: json.x_agent.run_id, json }
}

describe('what is recorded', () => {
  it('what it spent where its provider tells nothing: an estimate of all its calls, marked', async () => {
    const readUsage = async (): Promise<Json> => {
      await gateway.deps.usage.flush()
      return (await getJson(gateway, '/api/usage')).totals
    }
    const before = await readUsage()
    upstream.reply(
      sseReply(chatChunks({ toolCalls: [calculate('6*7')] })),
      sseReply(chatChunks({ content: 'It is 42.' })),
    )
    const { json } = await postJson(gateway, chatPath, agentRequest('6*7?'))
    expect(json.usage).toMatchObject({ estimated: true })
    const [first, second] = upstream.journal.map(({ json: sent }) => JSON.stringify(sent).length)
    expect(json.usage.prompt_tokens).toBeGreaterThan((Number(first) + Number(second)) / 8)
    const after = await readUsage()
    expect(after.total_tokens - before.total_tokens).toBe(json.usage.total_tokens)
    expect(after.estimated_requests - before.estimated_requests).toBe(1)
  })

  it('a run, its state and what it spent', async () => {
    const { id, json } = await runOnce()
    expect(await getJson(gateway, `${runsPath}/${id}`)).toMatchObject({
      id,
      agent: 'react',
      model: 'lmstudio/fake-model',
      session_id: null,
      status: 'completed',
      stop_reason: 'final',
      error: null,
      steps: 2,
      model_calls: 2,
      tool_calls: 1,
      usage: { total_tokens: json.usage.total_tokens },
      pending_approvals: [],
      pending_tool_calls: [],
    })
    const { runs } = await getJson(gateway, runsPath)
    expect(runs[0]).toMatchObject({ id, status: 'completed' })
  })

  it('its events, the same that the client saw, under the same numbers', async () => {
    upstream.reply(callsReply(calculate('6*7')), textReply('It is 42.'))
    const { frames, headers } = await streamed(gateway, chatPath, {
      ...agentRequest('6*7?'),
      x_agent: { trace: 'full' },
    })
    const log = await readLog(gateway, headers.get('x-agent-run-id') ?? '')
    expect(log.map(({ id }) => id)).toEqual(log.map((_, index) => index + 1))
    expect(log.map(({ event }) => event)).toEqual([
      'run-start',
      'step-start',
      'tool-start',
      'tool-end',
      'step-start',
      'text-delta',
      'run-end',
    ])
    expect(log.find(({ event }) => event === 'text-delta')?.data.text).toBe('It is 42.')
    expect(log.find(({ event }) => event === 'tool-end')?.data).toMatchObject({
      tool: 'calculator',
      ok: true,
      result: { content: expect.stringContaining('42') },
    })
    for (const frame of frames) {
      const logged = log.find(({ id }) => id === frame.seq)
      expect(logged?.data).toMatchObject(JSON.parse(JSON.stringify(frame)) as object)
    }
    expect(frames).toHaveLength(log.length - 1)
  })

  it('goes on from any place, and says when there is no more', async () => {
    const { id } = await runOnce()
    const all = await readLog(gateway, id)
    const rest = await readLog(gateway, id, { 'last-event-id': '3' })
    expect(rest).toEqual(all.slice(3))
    expect(rest[0]).toMatchObject({ event: 'tool-end', data: { tool: 'calculator' } })
    const query = await gateway.get(`${runsPath}/${id}/events?after=3`)
    expect(parseLog(await query.text())).toEqual(rest)
    const headers = { ...gateway.headers, 'last-event-id': String(all.length) }
    expect((await gateway.get(`${runsPath}/${id}/events`, { headers })).status).toBe(204)
  })

  it.each(['-1', 'x', '1.5', '99999999999999999999'])('no place: %s', async (place) => {
    const { id } = await runOnce()
    const headers = { ...gateway.headers, 'last-event-id': place }
    const response = await gateway.get(`${runsPath}/${id}/events`, { headers })
    expect(response.status).toBe(400)
    expect(expectErrorBody(await response.text()).param).toBe('Last-Event-ID')
  })

  it('a run that failed, with what it failed with; its stream has no finish_reason', async () => {
    upstream.reply(errorReply(404, 'no such model'))
    const { finish, error, headers } = await streamed(gateway, chatPath, agentRequest('Hi'))
    expect(finish).toEqual([])
    expect(error.code).toBe('model_not_found')
    const run = await getJson(gateway, `${runsPath}/${headers.get('x-agent-run-id')}`)
    expect(run).toMatchObject({
      status: 'failed',
      stop_reason: 'errors',
      error: { code: 'model_not_found' },
    })
  })

  it('is listed by status and session, a page at a time', async () => {
    const { id } = await runOnce({ session_id: 'listed' })
    const list = async (query: string): Promise<string[]> =>
      (await getJson(gateway, `${runsPath}?${query}`)).runs.map((run: Json) => run.id)
    expect(await list('session_id=listed')).toEqual([id])
    expect(await list('session_id=listed&status=failed')).toEqual([])
    await runOnce()
    const { runs, next_cursor: cursor } = await getJson(gateway, `${runsPath}?limit=1`)
    const second = await getJson(gateway, `${runsPath}?limit=1&cursor=${cursor}`)
    expect(second.runs[0].id).not.toBe(runs[0].id)
    expect((await gateway.get(`${runsPath}?status=odd`)).status).toBe(400)
  })

  it('plain chats are no runs', async () => {
    const { runs: before } = await getJson(gateway, runsPath)
    await postJson(gateway, chatPath, { ...agentRequest('Hi'), agent_type: 'chat' })
    const { runs: after } = await getJson(gateway, runsPath)
    expect(after.length).toBe(before.length)
  })
})

describe('a run belongs to its owner', () => {
  let ann: Person
  let ben: Person
  beforeAll(async () => {
    ann = await addPerson(gateway, 'ann')
    ben = await addPerson(gateway, 'ben')
  })

  async function annsRun(more: object = {}): Promise<string> {
    upstream.reply(callsReply(calculate('6*7')), textReply('It is 42.'))
    const { json } = await postJson(as(ann.key), chatPath, agentRequest('6*7?', more))
    return json.x_agent.run_id
  }

  it('to others each of its routes is a 404', async () => {
    const id = await annsRun()
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/events'],
      ['POST', '/cancel'],
      ['POST', '/approvals'],
    ]) {
      const init = { method, headers: as(ben.key).headers }
      const body = method === 'POST' ? { body: '{"approve":true}' } : {}
      const response = await fetch(`${gateway.url}${runsPath}/${id}${path}`, { ...init, ...body })
      expect([path, response.status]).toEqual([path, 404])
      expect(expectErrorBody(await response.text()).code).toBe('run_not_found')
    }
    expect((await getJson(as(ben.key), runsPath)).runs).toEqual([])
  })

  it('it goes with its session', async () => {
    const id = await annsRun({ session_id: 'short' })
    expect(await getJson(as(ann.key), `${runsPath}/${id}`)).toMatchObject({ session_id: 'short' })
    const { headers } = as(ann.key)
    await fetch(`${gateway.url}/api/chat/sessions/short`, { method: 'DELETE', headers })
    expect((await fetch(`${gateway.url}${runsPath}/${id}`, { headers })).status).toBe(404)
  })

  it('it goes with its user', async () => {
    const eve = await addPerson(gateway, 'eve')
    upstream.reply(textReply('Hello.'))
    const { json } = await postJson(as(eve.key), chatPath, agentRequest('Hi'))
    const id = json.x_agent.run_id
    expect(await gateway.deps.db.runs.get(eve.id, id)).toBeDefined()
    await gateway.get(`/api/users/${eve.id}`, { method: 'DELETE' })
    expect(await gateway.deps.db.runs.get(eve.id, id)).toBeUndefined()
  })
})

/** A Python program that gives its process a name (15 letters at most) and waits. */
const sleeper = (name: string): string =>
  `import ctypes, time\nctypes.CDLL(None).prctl(15, b"${name}")\ntime.sleep(60)`

/** Whether a process of this name runs, in whatever sandbox. */
function isRunning(name: string): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name
    } catch {
      return false
    }
  })
}

const python = (name: string) =>
  callsReply({ id: 'call_p', name: 'python_coder', arguments: { code: sleeper(name) } })

async function begin(
  name: string,
  more: object = {},
  who: Pick<Gateway, 'url' | 'headers'> = gateway,
) {
  upstream.reply(python(name))
  const answer = streamed(who, chatPath, agentRequest('Sleep', more))
  await waitUntil(() => isRunning(name), { ms: 15_000 })
  const { runs } = await getJson(who, `${runsPath}?status=running`)
  return { answer, id: String(runs[0].id) }
}

it('whoever waits for the whole answer of a cancelled run reads what was said, and that it was cancelled', async () => {
  const pieces = sseReply(chatChunks({ content: 'So far.' }).slice(0, -1), { done: false })
  upstream.reply({ ...pieces, chunks: [...(pieces.chunks as ReplyChunk[]), { hang: true }] })
  const answer = postJson(gateway, chatPath, agentRequest('Tell', { session_id: 'stopped' }))
  const going = async (): Promise<Json> =>
    (await getJson(gateway, `${runsPath}?status=running&session_id=stopped`)).runs[0]
  let run = await going()
  // Its start, its step and what it said are three events.
  for (; !(run?.events >= 3); run = await going()) await sleep(20)
  await postJson(gateway, `${runsPath}/${run.id}/cancel`)
  const { status, json } = await answer
  expect(status).toBe(200)
  const [{ message, finish_reason: finish }] = json.choices
  expect([message.content, finish]).toEqual(['So far.\n\nThis run was cancelled.', 'stop'])
  expect(json.x_agent).toMatchObject({ stop_reason: 'cancelled' })
})

describeSandbox('a run that goes', () => {
  it('is followed live, to its end', async () => {
    const { answer, id } = await begin('agent-run-1')
    const response = await gateway.get(`${runsPath}/${id}/events`)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes('event: tool-start')) text += (await reader.read()).value ?? ''
    expect(text).not.toContain('run-end')
    await postJson(gateway, `${runsPath}/${id}/cancel`)
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value
    const log = parseLog(text)
    expect(log.map(({ id: seq }) => seq)).toEqual(log.map((_, index) => index + 1))
    expect(log.at(-1)).toMatchObject({ event: 'run-end', data: { stop_reason: 'cancelled' } })
    await answer
  })

  it('is cancelled down to the process of its tool; its client reads a whole answer', async () => {
    const { answer, id } = await begin('agent-run-2')
    const { status, json } = await postJson(gateway, `${runsPath}/${id}/cancel`)
    expect(status).toBe(200)
    expect(json).toMatchObject({ id, status: 'cancelled', stop_reason: 'cancelled' })
    const { text, finish, frames } = await answer
    expect(text).toBe('This run was cancelled.')
    expect(finish).toEqual(['stop'])
    expect(frames.at(-1)).toMatchObject({ type: 'run-end', stop_reason: 'cancelled' })
    await waitUntil(() => !isRunning('agent-run-2'))
    const again = await postJson(gateway, `${runsPath}/${id}/cancel`)
    expect(again).toMatchObject({ status: 200, json: { status: 'cancelled' } })
    const log = await readLog(gateway, id)
    expect(log.filter(({ event }) => event === 'tool-end')).toMatchObject([
      { data: { ok: false, error: { code: 'cancelled' } } },
    ])
  })

  it('ends when its client leaves, and says so', async () => {
    const client = new AbortController()
    upstream.reply(python('agent-run-3'))
    const body = JSON.stringify({ ...agentRequest('Sleep', { session_id: 'left' }), stream: true })
    const response = await fetch(`${gateway.url}${chatPath}`, {
      method: 'POST',
      headers: gateway.headers,
      body,
      signal: client.signal,
    })
    const id = response.headers.get('x-agent-run-id')
    await waitUntil(() => isRunning('agent-run-3'), { ms: 15_000 })
    client.abort()
    await waitUntil(() => !isRunning('agent-run-3'))
    let run: Json
    do {
      await sleep(20)
      run = await getJson(gateway, `${runsPath}/${id}`)
    } while (run.status === 'running')
    expect(run.status).toBe('cancelled')
  })

  it('ends with its session, and leaves nothing', async () => {
    const { answer, id } = await begin('agent-run-4', { session_id: 'removed' })
    const asked = upstream.journal.length
    await gateway.get('/api/chat/sessions/removed', { method: 'DELETE' })
    const follower = await gateway.get(`${runsPath}/${id}/events`)
    expect(follower.status).toBe(404)
    await answer
    await waitUntil(() => !isRunning('agent-run-4'))
    expect(upstream.journal).toHaveLength(asked)
  })

  it.each([
    ['is deleted', 'agent-run-5', { method: 'DELETE' }],
    ['is disabled', 'agent-run-6', { method: 'PATCH', body: '{"disabled":true}' }],
  ])('ends when its user %s', async (_, name, change) => {
    const { id, key } = await addPerson(gateway, name)
    const { answer } = await begin(name, {}, as(key))
    const asked = upstream.journal.length
    expect((await gateway.get(`/api/users/${id}`, change)).status).toBe(200)
    await answer
    await waitUntil(() => !isRunning(name))
    expect(upstream.journal).toHaveLength(asked)
  })
})
