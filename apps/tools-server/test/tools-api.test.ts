import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { toolListSchema, toolResultSchema } from '@tandem/schemas'
import type { ToolContext } from '@tandem/tools'
import { createDeps } from '../src/deps.ts'
import { acceptEvents, logger, secret, startServer, webSettings } from './start-server.ts'
import {
  createContextTool,
  createDeafTool,
  createSlowTool,
  stepsTool,
  throwingTool,
  unavailableTool,
} from './test-tools.ts'

describe('GET /tools', () => {
  test('lists the tools with descriptions from prompts, parameters and traits', async () => {
    const server = await startServer()
    const response = await server.fetch('/tools')
    expect(response.status).toBe(200)
    expect(response.headers.get('x-request-id')).toBeTruthy()
    const { tools } = toolListSchema.parse(await response.json())
    expect(tools.map(({ name }) => name)).toEqual([
      'calculator',
      'get_current_time',
      'websearch',
      'fetch_page',
      'python_coder',
      'rag',
      'read_attachment',
      'ppt_maker',
    ])
    const [calculator, time] = tools
    expect(calculator).toMatchObject({
      description: expect.stringContaining('arithmetic expression'),
      parameters: {
        type: 'object',
        properties: { expression: { type: 'string', minLength: 1, maxLength: 1000 } },
        required: ['expression'],
        additionalProperties: false,
      },
      traits: { readOnly: true, parallelSafe: true, idempotent: true },
      available: { ok: true },
    })
    expect(time!.parameters).toMatchObject({ properties: { timezone: { type: 'string' } } })
    expect(time!.parameters).not.toHaveProperty('required')
  })

  test('lists also what is not available, with the reason', async () => {
    const server = await startServer({ moreTools: [unavailableTool] })
    const { tools } = toolListSchema.parse(await (await server.fetch('/tools')).json())
    expect(tools.at(-1)!.available).toEqual({
      ok: false,
      reason: 'There is no key.',
      remedy: 'Set THE_KEY.',
    })
  })
})

describe('POST /tools/{name}', () => {
  test('answers with the result alone', async () => {
    const server = await startServer()
    const response = await server.call('calculator', { expression: '15 * 23' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(response.headers.get('openai-processing-ms')).toMatch(/^\d+$/)
    expect(toolResultSchema.parse(await response.json())).toEqual({
      content: '15 * 23 = 345',
      data: { expression: '15 * 23', value: 345 },
      artifacts: [],
      citations: [],
    })
  })

  test('streams progress and then one result where events are asked for', async () => {
    const server = await startServer({ moreTools: [stepsTool] })
    const response = await server.call('steps', { count: 2 }, { headers: acceptEvents })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect((await response.text()).replaceAll(/^:.*\n\n/gm, '')).toBe(
      [
        String.raw`event: progress
data: {"message":"step 1\nof 2","fraction":0.5}

event: progress
data: {"message":"step 2\nof 2","fraction":1}

event: result
data: {"artifacts":[],"citations":[],"data":{"count":2},"content":"done"}

`,
      ].join(''),
    )
  })

  test('without events progress is left out', async () => {
    const server = await startServer({ moreTools: [stepsTool] })
    expect(await server.result('steps', { count: 2 })).toMatchObject({ content: 'done' })
  })

  test('keeps a silent stream alive with comments', async () => {
    const slow = createSlowTool({ timeoutMs: 400 })
    const server = await startServer({ moreTools: [slow], keepaliveMs: 20 })
    const response = await server.call('slow', {}, { headers: acceptEvents })
    expect(await response.text()).toContain(': keepalive\n\n')
  })

  test('user, session and run come from the token alone', async () => {
    const seen: ToolContext[] = []
    const server = await startServer({ moreTools: [createContextTool((it) => seen.push(it))] })
    await server.fetch('/tools/context', {
      method: 'POST',
      claims: { sub: 'user-7', session: 's7', run: 'r7' },
      body: JSON.stringify({
        arguments: {},
        call_id: 'call-9',
        owner: 'someone-else',
        session: 'x',
        sub: 'someone-else',
        models: { base_url: 'http://127.0.0.1:10007/v1', token: 'models-token' },
      }),
    })
    expect(seen).toEqual([
      {
        owner: 'user-7',
        sessionId: 's7',
        runId: 'r7',
        callId: 'call-9',
        models: { baseUrl: 'http://127.0.0.1:10007/v1', token: 'models-token' },
      },
    ])
  })
})

describe('a call that never reaches a tool is an HTTP error', () => {
  const call = { arguments: { expression: '1+1' }, call_id: 'c' }
  test.each<
    [string, { tool?: string; body: string; status: number; code: string; param?: string }]
  >([
    [
      'an unknown tool',
      {
        tool: 'nope',
        body: JSON.stringify(call),
        status: 404,
        code: 'tool_not_found',
        param: 'name',
      },
    ],
    [
      'a name from Object.prototype',
      {
        tool: 'constructor',
        body: JSON.stringify(call),
        status: 404,
        code: 'tool_not_found',
        param: 'name',
      },
    ],
    ['no JSON', { body: '{"arguments":', status: 400, code: 'invalid_json' }],
    ['an empty body', { body: '', status: 400, code: 'invalid_json' }],
    ['an array', { body: '[]', status: 400, code: 'invalid_json' }],
    [
      'no arguments',
      { body: '{"call_id":"c"}', status: 400, code: 'missing_parameter', param: 'arguments' },
    ],
    [
      'no call id',
      { body: '{"arguments":{}}', status: 400, code: 'missing_parameter', param: 'call_id' },
    ],
    [
      'a missing argument',
      {
        body: JSON.stringify({ ...call, arguments: {} }),
        status: 400,
        code: 'missing_parameter',
        param: 'expression',
      },
    ],
    [
      'a wrong type',
      {
        body: JSON.stringify({ ...call, arguments: { expression: 5 } }),
        status: 400,
        code: 'invalid_request',
        param: 'expression',
      },
    ],
    [
      'arguments as text',
      {
        body: JSON.stringify({ ...call, arguments: '{"expression":"1"}' }),
        status: 400,
        code: 'invalid_request',
      },
    ],
    [
      'an unknown argument',
      {
        body: JSON.stringify({ ...call, arguments: { expression: '1', precision: 3 } }),
        status: 400,
        code: 'invalid_request',
        param: 'precision',
      },
    ],
    [
      '1001 characters',
      {
        body: JSON.stringify({ ...call, arguments: { expression: '1'.repeat(1001) } }),
        status: 400,
        code: 'invalid_request',
        param: 'expression',
      },
    ],
  ])('%s', async (_, { tool = 'calculator', body, status, code, param }) => {
    const server = await startServer()
    for (const headers of [{}, acceptEvents]) {
      const response = await server.fetch(`/tools/${tool}`, { method: 'POST', body, headers })
      expect(response.status).toBe(status)
      expect(await response.json()).toEqual({
        error: {
          message: expect.any(String),
          type: status === 404 ? 'not_found_error' : 'invalid_request_error',
          param: param ?? null,
          code,
        },
      })
    }
  })

  test('a body of more than 8 MiB', async () => {
    const server = await startServer()
    const response = await server.call('calculator', { expression: 'x'.repeat(9 * 2 ** 20) })
    expect(response.status).toBe(413)
  })

  test('unknown paths and methods', async () => {
    const server = await startServer()
    expect((await server.fetch('/nothing')).status).toBe(404)
    const wrongMethod = await server.fetch('/tools', { method: 'DELETE' })
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET'])
  })
})

describe('a tool that fails is a result', () => {
  test.each([
    ['known', { code: 'storage_unavailable', retryable: true }],
    ['unknown', { code: 'tool_failed', retryable: false }],
    ['late', { code: 'tool_failed', retryable: false }],
  ])('%s errors', async (how, error) => {
    const server = await startServer({ moreTools: [throwingTool] })
    const result = await server.result('throws', { how })
    expect(result.error).toEqual(error)
    expect(result.content).not.toContain('secret detail')
    const events = await server.call('throws', { how }, { headers: acceptEvents })
    expect(await events.text()).toContain(`"error":${JSON.stringify(error)}`)
  })

  test.each([acceptEvents, {}])('too slow a tool is aborted and says so %j', async (headers) => {
    const slow = createSlowTool({ timeoutMs: 100 })
    const server = await startServer({ moreTools: [slow] })
    const response = await server.call('slow', {}, { headers })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('"error":{"code":"timeout","retryable":true}')
    await slow.ended
  })

  test('one that hears no signal is left behind', async () => {
    const server = await startServer({ moreTools: [createDeafTool()] })
    expect((await server.result('deaf', {})).error).toEqual({ code: 'timeout', retryable: true })
  })
})

describe('probes', () => {
  test('answer without a token', async () => {
    const server = await startServer()
    const health = await fetch(`${server.url}/healthz`)
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })
})

test('the server does not start without the texts of its tools', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prompts-'))
  const options = {
    serviceSecret: secret,
    logger,
    dataDir: folder,
    pluginsDir: folder,
    web: webSettings,
  }
  const missing = createDeps({ ...options, promptsDir: join(folder, 'none') })
  await expect(missing).rejects.toThrow('PROMPTS_DIR')
  await rm(folder, { recursive: true })
})
