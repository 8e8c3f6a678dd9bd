import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createToolsClient } from '@tandem/tools'
import { createRemovalDrain } from '../../src/removals/drain-removals.ts'
import type { Gateway } from '../support/start-gateway.ts'
import { expectErrorBody } from '../support/read-error.ts'
import { keyOf, spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'

let tools: ToolsProcess
let gateway: Gateway
let ann: RequestInit
let ben: RequestInit

beforeAll(async () => {
  tools = await spawnTools()
  gateway = await tools.gateway()
  ann = { headers: { authorization: `Bearer ${await keyOf(gateway, 'ann')}` } }
  ben = { headers: { authorization: `Bearer ${await keyOf(gateway, 'ben')}` } }
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await tools.close()
})

type Json = ReturnType<typeof JSON.parse>

const weatherCheck = {
  name: 'weather_check',
  description: 'Get weather for a location',
  parameters: [
    { name: 'location', type: 'string', description: 'Location to check', required: true },
  ],
  code: "def weather_function(location): return f'Weather in {location}: Sunny, 25°C'",
}

async function register(definition: object, who = ann): Promise<[number, Json]> {
  const response = await gateway.post('/api/v1/functions/register', definition, who)
  return [response.status, await response.json()]
}

async function execute(name: string, args: object, who = ann): Promise<[number, Json]> {
  const response = await gateway.post(`/api/v1/functions/${name}/execute`, { arguments: args }, who)
  return [response.status, await response.json()]
}

async function list(who = ann): Promise<Json[]> {
  const response = await gateway.get('/api/v1/functions', who)
  const { functions } = (await response.json()) as Json
  return functions
}

const remove = (name: string, who = ann) =>
  gateway.get(`/api/v1/functions/${name}`, { method: 'DELETE', ...who })

test('arguments that stand beside `arguments` are refused, not lost', async () => {
  await register(weatherCheck)
  const path = '/api/v1/functions/weather_check/execute'
  const response = await gateway.post(path, { location: 'Oslo' }, ann)
  expect([response.status, ((await response.json()) as Json).error.param]).toEqual([
    400,
    'location',
  ])
  await remove('weather_check')
})

describe("the document's own example", () => {
  test('is registered, listed, executed, offered as a tool, replaced and removed', async () => {
    const [status, saved] = await register(weatherCheck)
    expect(status).toBe(201)
    expect(saved).toMatchObject({
      name: 'weather_check',
      parameters: {
        type: 'object',
        properties: { location: { type: 'string', description: 'Location to check' } },
        required: ['location'],
      },
    })
    const listed = await list()
    expect(listed.map(({ name, source }) => [name, source])).toEqual(
      expect.arrayContaining([
        ['calculator', 'builtin'],
        ['get_current_time', 'builtin'],
        ['weather_check', 'custom'],
      ]),
    )
    expect(listed.find(({ name }) => name === 'weather_check').code).toBe(weatherCheck.code)

    const [, outcome] = await execute('weather_check', { location: 'Oslo' })
    expect(outcome).toMatchObject({
      name: 'weather_check',
      success: true,
      result: 'Weather in Oslo: Sunny, 25°C',
      error: null,
    })
    const call = await gateway.post('/call_tool', { name: 'weather_check', args: ['Rome'] }, ann)
    expect(((await call.json()) as Json).result).toBe('Weather in Rome: Sunny, 25°C')

    const [again] = await register({
      ...weatherCheck,
      code: 'def weather_check(location): return 1',
    })
    expect(again).toBe(200)
    expect((await execute('weather_check', { location: 'x' }))[1].result).toBe(1)
    expect(await (await remove('weather_check')).json()).toEqual({
      name: 'weather_check',
      deleted: true,
    })
    expect((await execute('weather_check', { location: 'x' }))[0]).toBe(404)
  })

  test('built-in functions execute too, and stay', async () => {
    const [, outcome] = await execute('calculator', { expression: '15 * 23' })
    expect(outcome).toMatchObject({ success: true, result: { value: 345 } })
    expect((await remove('calculator')).status).toBe(403)
    expect((await remove('nothing')).status).toBe(404)
  })
})

describe('the code', () => {
  test('takes and gives what JSON holds, and what it prints is told', async () => {
    await register({
      name: 'twice',
      description: 'Doubles.',
      parameters: { type: 'object', properties: { items: { type: 'array' } }, required: ['items'] },
      code: 'def twice(items):\n  print("hello")\n  return {"items": items * 2, "n": None}',
    })
    const [, outcome] = await execute('twice', { items: [1, 'ä', { x: true }] })
    expect(outcome.result).toEqual({ items: [1, 'ä', { x: true }, 1, 'ä', { x: true }], n: null })
    expect(outcome.content).toContain('hello')
    expect((await execute('twice', {}))[0]).toBe(400)
    expect((await execute('twice', { items: 'no list' }))[0]).toBe(400)
  })

  test('not a number and infinity become null, as JSON has neither', async () => {
    const value = '{"a": float("nan"), "b": [float("-inf"), 1.5], "c": "NaN, \\"Infinity\\""}'
    const code = `def odd(): return ${value}`
    await register({ name: 'odd', description: 'Odd numbers.', code })
    const [, outcome] = await execute('odd', {})
    expect(outcome.result).toEqual({ a: null, b: [null, 1.5], c: 'NaN, "Infinity"' })
  })

  test.each([
    ['raises', 'def f(): raise ValueError("broken")', /broken/],
    ['is bound to what cannot be called', 'f = 1', /./],
    ['gives what JSON cannot hold', 'def f(): return object()', /./],
  ])('that %s is a failed result', async (_, code, message) => {
    expect((await register({ name: 'f', description: 'Fails.', code }))[0]).toBeLessThan(300)
    const [status, outcome] = await execute('f', {})
    expect([status, outcome.success, outcome.result]).toEqual([200, false, null])
    expect(outcome.error).toMatchObject({
      code: expect.any(String),
      message: expect.stringMatching(message),
    })
  })

  test('runs in the sandbox and nowhere else', async () => {
    const code = `def probe():
  import os, socket
  found = {'data': os.path.exists(${JSON.stringify(tools.folder)}), 'env': 'SERVICE_SECRET' in os.environ}
  try:
    socket.create_connection(('127.0.0.1', ${new URL(tools.url).port}), 1); found['net'] = True
  except OSError: found['net'] = False
  return found`
    await register({ name: 'probe', description: 'Looks around.', code })
    const [, outcome] = await execute('probe', {})
    expect(outcome.result).toEqual({ data: false, env: false, net: false })
  })
})

describe('owners', () => {
  test('never meet', async () => {
    await register({ name: 'mine', description: 'Mine.', code: 'def mine(): return "ann"' })
    expect((await list(ben)).map(({ name }) => name)).not.toContain('mine')
    expect((await execute('mine', {}, ben))[0]).toBe(404)
    expect((await remove('mine', ben)).status).toBe(404)
    await register({ name: 'mine', description: 'Mine.', code: 'def mine(): return "ben"' }, ben)
    expect((await execute('mine', {}))[1].result).toBe('ann')
    expect((await execute('mine', {}, ben))[1].result).toBe('ben')
  })
})

describe('what is refused', () => {
  const parameters = (properties: object, more: object = {}) => ({
    ...weatherCheck,
    parameters: { type: 'object', properties, ...more },
  })
  test.each<[string, object, number, string]>([
    ['no name', { ...weatherCheck, name: undefined }, 400, 'name'],
    ['a bad name', { ...weatherCheck, name: '../x' }, 400, 'name'],
    ['the name of a tool', { ...weatherCheck, name: 'calculator' }, 409, 'name'],
    ['no code', { ...weatherCheck, code: '' }, 400, 'code'],
    ['code that is no Python', { ...weatherCheck, code: 'x = 1\ndef bad(:' }, 400, 'code'],
    ['code that breaks the reader', { ...weatherCheck, code: '('.repeat(60_000) }, 400, 'code'],
    ['code without the function', { ...weatherCheck, code: 'x = 1' }, 400, 'code'],
    ['an argument that no call can give', { ...weatherCheck, parameters: undefined }, 400, 'code'],
    ['two others', { ...weatherCheck, code: 'def a(): pass\ndef b(): pass' }, 400, 'code'],
    ['too much code', { ...weatherCheck, code: 'x'.repeat(65_537) }, 400, 'code'],
    [
      'a bad type',
      { ...weatherCheck, parameters: [{ name: 'a', type: 'date' }] },
      400,
      'parameters[0].type',
    ],
    [
      'a bad parameter',
      { ...weatherCheck, parameters: [{ name: 'a b' }] },
      400,
      'parameters[0].name',
    ],
    [
      'a schema of no object',
      { ...weatherCheck, parameters: { type: 'array' } },
      400,
      'parameters.type',
    ],
    [
      'an evil pattern',
      parameters({ a: { type: 'string', pattern: '(a+)+$' } }),
      400,
      'parameters.properties.a.pattern',
    ],
    [
      'an evil pattern in the short form',
      { ...weatherCheck, parameters: [{ name: 'a', type: 'array', items: { pattern: '(a+)+$' } }] },
      400,
      'parameters.properties.a.items.pattern',
    ],
    ['a reference', parameters({ a: { $ref: '#' } }), 400, 'parameters.properties.a.$ref'],
    [
      'an evil pattern, deeply',
      parameters({ properties: { type: 'object', properties: { a: { pattern: 'x' } } } }),
      400,
      'parameters.properties.properties.properties.a.pattern',
    ],
  ])('%s', async (...[, definition, status, param]) => {
    const response = await gateway.post('/api/v1/functions/register', definition, ann)
    expect(response.status).toBe(status)
    expect(expectErrorBody(await response.text()).param).toBe(param)
  })

  test('but properties may be called so', async () => {
    const named = parameters({ pattern: { type: 'string' }, $ref: { type: 'string' } })
    const code = 'def named(**given): return given'
    expect((await register({ ...named, name: 'named', code }))[0]).toBe(201)
    await remove('named')
  })
})

function filesOnDisk(): number {
  const uploads = join(tools.folder, 'data', 'uploads')
  return readdirSync(uploads, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  ).length
}

describe('what is deleted here', () => {
  test('is deleted on the tools server, also when that was away', async () => {
    const key = await keyOf(gateway, 'carl')
    const carl = { headers: { authorization: `Bearer ${key}` } }
    await register({ ...weatherCheck, name: 'of_carl' }, carl)
    const form = new FormData()
    form.append('file', new Blob(['x']), 'x.txt')
    const sent = await gateway.get('/v1/files', { ...carl, method: 'POST', body: form })
    expect(sent.status).toBe(200)
    expect(filesOnDisk()).toBe(1)
    const { users } = await gateway.deps.db.users
      .list({ limit: 50 })
      .then((page) => ({ users: page.users }))
    const { id } = users.find(({ username }) => username === 'carl')!

    const { removals } = gateway.deps.db
    const { toolsServer, logger } = gateway.deps
    const nowhere = createToolsClient({ baseUrl: 'http://127.0.0.1:1', secret: 'x'.repeat(32) })
    await gateway.deps.removalDrain.close()
    await gateway.deps.db.users.remove(id)
    const away = createRemovalDrain({ removals, toolsServer: nowhere, logger, everyMs: 60_000 })
    await away.drain()
    await away.close()
    expect(filesOnDisk()).toBe(1)
    // Postponed by a second, not lost.
    expect(await removals.due(10)).toEqual([])
    await sleep(1100)
    expect(await removals.due(10)).toMatchObject([{ owner: id, sessionId: null, attempts: 1 }])

    const back = createRemovalDrain({ removals, toolsServer, logger, everyMs: 60_000 })
    await back.drain()
    await back.close()
    expect(await removals.due(10)).toEqual([])
    expect(filesOnDisk()).toBe(0)
    expect(await toolsServer.functions.list({ sub: id }, patience())).toEqual([])
    expect((await list()).map(({ name }) => name)).toContain('mine')
    await nowhere.close()
  })
})

function patience(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(10_000) }
}
