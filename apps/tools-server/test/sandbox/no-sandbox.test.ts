import { expect, test } from '@jest/globals'
import type { ToolDescription } from '@tandem/schemas'
import { createSandbox } from '../../src/sandbox/create-sandbox.ts'
import { startServer } from '../start-server.ts'

test.each([
  [{ driver: 'none' as const }, 'SANDBOX_DRIVER=none'],
  [{ python: '/nowhere/python3' }, '/nowhere/python3'],
  [{ driver: 'gvisor' as const }, 'gvisor'],
])('without a driver nothing runs, and the reason is told: %j', async (options, reason) => {
  const sandbox = await createSandbox(options)
  expect(sandbox.status()).toMatchObject({ ok: false, reason: expect.stringContaining(reason) })
  const { signal } = new AbortController()
  expect(await sandbox.run({ owner: 'u', code: '1' }, { signal })).toMatchObject({
    word: 'sandbox_setup_failed',
  })
  const server = await startServer({ sandbox })
  const result = await server.result('python_coder', { code: 'print(1)' })
  expect(result.error).toEqual({ code: 'sandbox_unavailable', retryable: false })
  expect(result.content).toContain('apt-get install bubblewrap python3')
  const { tools } = (await (await server.fetch('/tools')).json()) as { tools: ToolDescription[] }
  expect(tools.find(({ name }) => name === 'python_coder')?.available).toMatchObject({ ok: false })
})
