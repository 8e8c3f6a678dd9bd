import { expect, test } from '@jest/globals'
import { createToolsClient } from '@tandem/tools'
import { acceptEvents, secret, startServer } from './start-server.ts'
import { createDeafTool, createSlowTool, stepsTool } from './test-tools.ts'

const never = new AbortController().signal
const context = { owner: 'u', callId: 'c', models: { baseUrl: '', token: '' } }

test.each([acceptEvents, {}])('closing the connection aborts the run %j', async (headers) => {
  const slow = createSlowTool()
  const server = await startServer({ moreTools: [slow] })
  const controller = new AbortController()
  const call = server.call('slow', {}, { headers, signal: controller.signal })
  const reading = call.then((response) => response.text())
  await slow.started
  controller.abort()
  await expect(reading).rejects.toThrow()
  await slow.ended
})

test('also midway, after progress was read', async () => {
  const slow = createSlowTool()
  const server = await startServer({ moreTools: [slow] })
  const response = await server.call('slow', {}, { headers: acceptEvents })
  const reader = response.body!.getReader()
  let text = ''
  while (!text.includes('started'))
    text += Buffer.from((await reader.read()).value ?? []).toString()
  await reader.cancel()
  await slow.ended
  expect((await server.result('calculator', { expression: '1+1' })).content).toBe('1+1 = 2')
})

test('the client of the main API cancels by its signal', async () => {
  const slow = createSlowTool()
  const server = await startServer({ moreTools: [slow] })
  const client = createToolsClient({ baseUrl: server.url, secret })
  const tools = await client.tools({ sub: 'u' }, { signal: never })
  const controller = new AbortController()
  const remote = tools.find(({ name }) => name === 'slow')!
  const running = remote.run({}, context, { signal: controller.signal })
  expect((await running.next()).value).toEqual({ message: 'started', fraction: 0.1 })
  const next = running.next()
  controller.abort(new Error('enough'))
  await expect(next).rejects.toThrow('enough')
  await slow.ended
  await client.close()
})

test('the client and the server understand each other', async () => {
  const server = await startServer({ moreTools: [stepsTool] })
  const client = createToolsClient({ baseUrl: server.url, secret })
  const tools = await client.tools({ sub: 'u' }, { signal: never })
  const run = async (name: string, input: unknown) => {
    const tool = tools.find((tool) => tool.name === name)!
    const running = tool.run(tool.parse(input), context, { signal: never })
    const progress: unknown[] = []
    for (;;) {
      const step = await running.next()
      if (step.done) return { progress, result: step.value }
      progress.push(step.value)
    }
  }
  expect((await run('steps', { count: 3 })).progress).toHaveLength(3)
  expect((await run('calculator', { expression: '6 * 7' })).result.data).toMatchObject({
    value: 42,
  })
  expect((await run('get_current_time', {})).result.error).toBeUndefined()
  await client.close()
})

test('a run ends with an error event when the server shuts down', async () => {
  const slow = createSlowTool()
  const server = await startServer({ moreTools: [slow] })
  const response = await server.call('slow', {}, { headers: acceptEvents })
  const text = response.text()
  const drained = server.deps.lifecycle.drain(
    { close: () => server.close(), server: { closeIdleConnections: () => undefined } } as never,
    0,
  )
  expect(await text).toContain('"code":"server_shutting_down"')
  await slow.ended
  await drained
})

test('while it drains, it refuses calls and is not ready', async () => {
  const server = await startServer({ moreTools: [createDeafTool()] })
  const pending = server.call('deaf', {})
  while (server.deps.open.count() === 0) await new Promise((resolve) => setImmediate(resolve))
  const closed = Promise.withResolvers<void>()
  const drained = server.deps.lifecycle.drain(
    {
      close: async () => closed.resolve(),
      server: { closeIdleConnections: () => undefined },
    } as never,
    5_000,
  )
  const refused = await server.call('calculator', { expression: '1' })
  expect(refused.status).toBe(503)
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  expect((await pending).status).toBe(200)
  await Promise.all([closed.promise, drained])
})
