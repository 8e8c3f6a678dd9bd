import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Gateway } from '../support/start-gateway.ts'
import { expectErrorBody } from '../support/read-error.ts'
import { keyOf, spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'

let tools: ToolsProcess
let gateway: Gateway
let annKey = ''

beforeAll(async () => {
  tools = await spawnTools()
  gateway = await tools.gateway()
  annKey = await keyOf(gateway, 'ann')
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await tools.close()
})

type Json = ReturnType<typeof JSON.parse>

async function post(path: string, body: unknown, init: RequestInit = {}): Promise<[number, Json]> {
  const response = await gateway.post(path, body, init)
  return [response.status, await response.json()]
}

async function get(path: string, init: RequestInit = {}): Promise<Json> {
  return (await gateway.get(path, init)).json()
}

/** Until `GET /tools` tells what is waited for. */
async function untilTools(holds: (list: Json) => boolean): Promise<Json> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const list = await get('/tools')
    if (holds(list)) return list
    if (Date.now() > deadline) throw new Error(`Not within 30 s: ${JSON.stringify(list)}`)
    await sleep(100)
  }
}

const names = (list: Json): string[] => list.tools.map(({ name }: { name: string }) => name)

async function plugin(file: string, text: string): Promise<void> {
  await mkdir(tools.pluginsFolder, { recursive: true })
  await writeFile(join(tools.pluginsFolder, file), text)
}

const traits = '{ readOnly: true, parallelSafe: true, idempotent: false, timeoutMs: 60000 }'
const slowPlugin = `export const createTools = ({ defineTool, textResult, z }) => defineTool({
  name: 'slow', description: 'Waits.', schema: z.object({}), traits: ${traits},
  async *run(_args, _context, { signal }) {
    yield { message: 'started', fraction: 0.5 }
    await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
      setTimeout(resolve, 30000)
    })
    return textResult('never')
  },
})`

describe('GET /tools', () => {
  test('lists tools with parameters, and says why one is not available', async () => {
    const list = await get('/tools')
    expect(names(list)).toEqual(expect.arrayContaining(['calculator', 'get_current_time']))
    expect(list.tools[0]).toMatchObject({
      name: 'calculator',
      available: true,
      source: 'builtin',
      parameters: { type: 'object', required: ['expression'] },
      traits: {
        read_only: true,
        parallel_safe: true,
        idempotent: true,
        timeout_ms: expect.any(Number),
      },
    })
    const websearch = list.tools.find(({ name }: { name: string }) => name === 'websearch')
    expect(websearch).toMatchObject({
      available: false,
      reason: expect.stringMatching(/\S/),
      remedy: expect.stringMatching(/\S/),
    })
    expect(await get('/api/tools')).toEqual(list)
  })
})

describe('POST /call_tool', () => {
  test.each([
    [{ arguments: { expression: '15 * 23' } }],
    [{ args: ['15 * 23'] }],
    [{ kwargs: { expression: '15 * 23' } }],
    [{ args: [], kwargs: { expression: '15 * 23' } }],
    [{ args: { expression: '15 * 23' } }],
    [{ args: null, kwargs: null, arguments: { expression: '15 * 23' } }],
  ])('%j', async (how) => {
    const [status, body] = await post('/call_tool', { name: 'calculator', ...how })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      name: 'calculator',
      call_id: expect.stringMatching(/^call_/),
      result: { expression: '15 * 23', value: 345 },
      content: '15 * 23 = 345',
      artifacts: [],
      citations: [],
    })
    expect(body).not.toHaveProperty('error')
  })

  test.each([
    [{ name: 'nope' }, 404, 'tool_not_found', 'name'],
    [{ name: 'constructor' }, 404, 'tool_not_found', 'name'],
    [{}, 400, 'missing_parameter', 'name'],
    [{ name: 'calculator' }, 400, 'missing_parameter', 'expression'],
    [{ name: 'calculator', arguments: '{"expression":"1"}' }, 400, 'invalid_request', 'arguments'],
    [{ name: 'calculator', args: ['1', '2'] }, 400, 'invalid_request', 'args'],
    [
      { name: 'calculator', args: ['1'], kwargs: { expression: '1' } },
      400,
      'invalid_request',
      'kwargs',
    ],
    [
      { name: 'calculator', arguments: { expression: '1' }, args: ['1'] },
      400,
      'invalid_request',
      'arguments',
    ],
    [
      { name: 'calculator', kwargs: { expression: '1', other: 2 } },
      400,
      'invalid_request',
      'other',
    ],
    [{ name: 'calculator', kwargs: { expression: 1 } }, 400, 'invalid_request', 'expression'],
  ])('refuses %j', async (...[body, status, code, param]) => {
    const response = await gateway.post('/call_tool', body)
    expect(response.status).toBe(status)
    expect(expectErrorBody(await response.text())).toMatchObject({ code, param })
  })

  test('a tool that fails is a result', async () => {
    const [status, body] = await post('/call_tool', { name: 'calculator', args: ['1 +'] })
    expect([status, body.error]).toEqual([200, { code: expect.any(String), retryable: false }])
  })

  test('asks for a key', async () => {
    for (const [method, path] of [
      ['GET', '/tools'],
      ['GET', '/api/tools'],
      ['POST', '/call_tool'],
      ['POST', '/api/tools/calculator'],
      ['GET', '/api/v1/functions'],
      ['POST', '/api/v1/functions/register'],
      ['POST', '/api/v1/functions/f/execute'],
      ['DELETE', '/api/v1/functions/f'],
    ] as const) {
      expect((await fetch(`${gateway.url}${path}`, { method })).status).toBe(401)
    }
  })
})

describe('POST /api/tools/{name}', () => {
  test('takes the arguments as the body', async () => {
    const [status, body] = await post('/api/tools/calculator', { expression: '2^10' })
    expect([status, body.result.value]).toEqual([200, 1024])
    const time = await gateway.post('/api/tools/get_current_time', '')
    expect(time.status).toBe(200)
    expect((await post('/api/tools/nope', {}))[0]).toBe(404)
    expect((await post('/api/tools/calculator', {}))[0]).toBe(400)
  })

  test('streams progress and then the result where events are asked for', async () => {
    await plugin('steps.mjs', slowPlugin.replaceAll("'slow'", "'steps'").replace('30000', '50'))
    await untilTools((list) => names(list).includes('steps'))
    const response = await gateway.post(
      '/api/tools/steps',
      {},
      {
        headers: { ...gateway.headers, accept: 'text/event-stream' },
      },
    )
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const text = await response.text()
    expect(text).toContain('event: progress\ndata: {"message":"started","fraction":0.5}\n\n')
    expect(text).toMatch(/event: result\ndata: \{"name":"steps",.*"content":"never".*\}\n\n$/)
  })
})

const weatherPlugin = (conditions: string): string => `export const tools = [{
  name: 'weather', description: 'Tells the weather.',
  parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'], additionalProperties: false },
  run: ({ location }) => ({ location, conditions: '${conditions}' }),
}]`

describe('plugins', () => {
  test('come, change and go while the server runs', async () => {
    await plugin('weather.js', weatherPlugin('sunny'))
    const list = await untilTools((it) => names(it).includes('weather'))
    expect(list.tools.at(-1)).toMatchObject({ source: 'plugin', available: true })
    const ask = async () =>
      (await post('/call_tool', { name: 'weather', args: ['Oslo'] }))[1].result
    expect(await ask()).toEqual({ location: 'Oslo', conditions: 'sunny' })
    expect((await post('/call_tool', { name: 'weather', args: [5] }))[0]).toBe(400)

    await plugin('weather.js', weatherPlugin('rainy now'))
    await untilAsync(async () => (await ask()).conditions === 'rainy now')

    // A version that does not load leaves the last good one in use, and is told.
    await plugin('weather.js', 'export const tools = [ this is no JavaScript')
    const broken = await untilTools((it) => it.errors.length > 0)
    expect(broken.errors).toEqual([{ plugin: 'weather.js', message: expect.stringMatching(/\S/) }])
    expect(await ask()).toEqual({ location: 'Oslo', conditions: 'rainy now' })
    const health = await get('/health')
    expect(health.tools_server).toMatchObject({
      status: 'ok',
      tools: expect.arrayContaining(['calculator']),
      unavailable_tools: expect.arrayContaining(['websearch']),
      failed_plugins: ['weather.js'],
    })
    expect(JSON.stringify(health)).not.toContain('JavaScript')
    const annList = await get('/tools', { headers: { authorization: `Bearer ${annKey}` } })
    expect(annList.errors).toEqual([
      { plugin: 'weather.js', message: expect.stringContaining('administrator') },
    ])

    await rm(join(tools.pluginsFolder, 'weather.js'))
    await untilTools((it) => !names(it).includes('weather') && it.errors.length === 0)
  })

  describe('that cannot be used', () => {
    const broken = [
      ['throws.mjs', "throw new Error('at load')", /at load/],
      ['empty.mjs', '', /exports no tools/],
      ['number.mjs', 'export const tools = 5', /expected object/],
      ['nameless.mjs', "export const tools = [{ description: 'x', run() {} }]", /name/],
      [
        'taken.mjs',
        "export const tools = [{ name: 'calculator', description: 'x', run() {} }]",
        /already/,
      ],
      [
        'badly-named.mjs',
        "export const tools = [{ name: 'No Good', description: 'x', run() {} }]",
        /name/,
      ],
      ['no-run.mjs', "export const tools = [{ name: 'x', description: 'x' }]", /run/],
      ['missing.mjs', "import './not-there.mjs'", /not-there/],
      ['types.ts', 'export const tools: = ;', /./],
    ] as const
    let list: Json
    beforeAll(async () => {
      await Promise.all(broken.map(async ([file, text]) => plugin(file, text)))
      list = await untilTools((it) => it.errors.length === broken.length)
    }, 60_000)
    afterAll(async () => {
      await Promise.all(broken.map(async ([file]) => rm(join(tools.pluginsFolder, file))))
      await untilTools((it) => it.errors.length === 0)
    }, 60_000)

    test.each(broken)('%s is reported', (file, _text, message) => {
      expect(list.errors).toContainEqual({ plugin: file, message: expect.stringMatching(message) })
    })

    test('they disable nothing else', async () => {
      expect(names(list)).toContain('calculator')
      const [, body] = await post('/call_tool', { name: 'calculator', args: ['1+1'] })
      expect(body.result.value).toBe(2)
    })
  })
})

test('kill -9 of the tools server in a run is a tool error, and all works when it is back', async () => {
  await plugin('slow.mjs', slowPlugin)
  await untilTools((list) => names(list).includes('slow'))
  const running = gateway.post('/call_tool', { name: 'slow', arguments: {} })
  const streaming = await gateway.post(
    '/api/tools/slow',
    {},
    {
      headers: { ...gateway.headers, accept: 'text/event-stream' },
    },
  )
  await sleep(300)
  tools.server().process.kill('SIGKILL')
  const answer = await running
  expect(answer.status).toBe(200)
  expect(((await answer.json()) as Json).error).toEqual({
    code: 'tools_unavailable',
    retryable: false,
  })
  expect(await streaming.text()).toMatch(/event: result\ndata: .*"code":"tools_unavailable"/)

  const [status, body] = await post('/call_tool', { name: 'calculator', args: ['1+1'] })
  expect([status, body.error.code]).toEqual([503, 'tools_unavailable'])
  expect((await gateway.get('/tools')).status).toBe(503)
  expect((await get('/health')).tools_server).toEqual({ status: 'unreachable' })

  await tools.restart()
  expect((await post('/call_tool', { name: 'calculator', args: ['1+1'] }))[1].result.value).toBe(2)
}, 90_000)

test('a caller who leaves cancels the run', async () => {
  await plugin(
    'tell.mjs',
    `import { writeFileSync } from 'node:fs'
     export const createTools = ({ defineTool, textResult, z }) => defineTool({
       name: 'tell', description: 'Waits.', schema: z.object({ path: z.string() }), traits: ${traits},
       async run({ path }, _context, { signal }) {
         writeFileSync(path + '.started', '')
         await new Promise((resolve) => signal.addEventListener('abort', resolve))
         writeFileSync(path, '')
         return textResult('left')
       },
     })`,
  )
  await untilTools((list) => names(list).includes('tell'))
  const path = join(tools.folder, 'left')
  const leaving = new AbortController()
  const call = gateway.post('/api/tools/tell', { path }, { signal: leaving.signal })
  call.catch(() => undefined)
  await untilAsync(() => existsSync(`${path}.started`))
  leaving.abort()
  const since = Date.now()
  await untilAsync(() => existsSync(path))
  expect(Date.now() - since).toBeLessThan(2000)
})

async function untilAsync(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('Not within 30 s.')
    await sleep(50)
  }
}
