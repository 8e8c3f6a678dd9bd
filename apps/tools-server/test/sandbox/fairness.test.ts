import { expect, test } from '@jest/globals'
import type { ToolResult } from '@tandem/schemas'
import { withSandbox } from './sandbox-server.ts'

const { server } = withSandbox()

function run(user: string, code: string, signal?: AbortSignal): Promise<ToolResult> {
  return server()
    .fetch('/tools/python_coder', {
      claims: { sub: user },
      method: 'POST',
      body: JSON.stringify({ arguments: { code }, call_id: 'call-1' }),
      ...(signal && { signal }),
    })
    .then((response) => response.json() as Promise<ToolResult>)
}

test('a hundred waiting runs of one user delay another user by no more than one run', async () => {
  const leaving = new AbortController()
  const done = { runs: 0 }
  const many = Array.from({ length: 100 }, async () => {
    await run('busy', 'import time; time.sleep(0.3)', leaving.signal)
    done.runs += 1
  })
  const settled = Promise.allSettled(many)
  while (done.runs < 1) await new Promise((resolve) => setTimeout(resolve, 10))

  const before = done.runs
  const result = await run('patient', 'print(1)')
  // What was at work when it came may end meanwhile, and one more while it runs itself.
  expect(done.runs - before).toBeLessThanOrEqual(3)
  expect(done.runs).toBeLessThan(20)
  expect(result.data).toMatchObject({ status: 'ok', stdout: '1\n' })

  leaving.abort()
  await settled
  expect((await run('busy', 'print(2)')).data).toMatchObject({ status: 'ok', stdout: '2\n' })
}, 60_000)
