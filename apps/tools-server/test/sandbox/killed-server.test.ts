import { randomBytes } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect } from '@jest/globals'
import type { ToolResult } from '@tandem/schemas'
import { makeTempDir } from '@tandem/testing'
import { createToolsClient, type ToolsClient } from '@tandem/tools'
import { descendants } from '../../src/sandbox/memory-watch.ts'
import { promptsDir } from '../start-server.ts'
import { test } from './sandbox-test.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const secret = randomBytes(32).toString('hex')
const { signal } = new AbortController()
const claims = { sub: 'user-1', session: 'session-1' }

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})

/** The real server process. */
async function start(dataDir: string, port: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [main], {
    cwd: dataDir,
    env: {
      TOOLS_PORT: port,
      PROMPTS_DIR: promptsDir,
      DATA_DIR: dataDir,
      SERVICE_SECRET: secret,
      PYTHON_PRELOAD: 'off',
    },
  })
  children.push(child)
  let output = ''
  return await new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      const url = /"url":"([^"]+)"/.exec(output)?.[1]
      if (url) resolve({ child, url })
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('exit', () => reject(new Error(output)))
  })
}

async function runPython(client: ToolsClient, code: string): Promise<ToolResult> {
  const tools = await client.tools(claims, { signal })
  const tool = tools.find(({ name }) => name === 'python_coder')!
  const context = {
    owner: 'user-1',
    sessionId: 'session-1',
    callId: 'c',
    models: { baseUrl: '', token: '' },
  }
  const running = tool.run({ code }, context, { signal })
  for (;;) {
    const step = await running.next()
    if (step.done) return step.value
  }
}

test('kill -9 in a run leaves no process, is a tool error, and is over when the server is back', async () => {
  const folder = await makeTempDir()
  const first = await start(folder.path, '0')
  const client = createToolsClient({ baseUrl: first.url, secret })
  await runPython(client, 'open("kept.txt", "w").write("x")')
  const running = runPython(
    client,
    'import os, time\nos.fork()\nos.setsid() if os.getpid() != 2 else None\ntime.sleep(99999)',
  )
  const serverId = first.child.pid!
  await waitFor(() => descendants(serverId).filter(isSandbox).length >= 3)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const ids = descendants(serverId).filter((id) => id !== serverId)
  expect(ids.length).toBeGreaterThan(3)
  process.kill(serverId, 'SIGKILL')
  expect((await running).error).toMatchObject({ code: 'tools_unavailable' })
  await waitFor(() => !ids.some((id) => existsSync(`/proc/${id}`)))
  expect(ids.filter((id) => existsSync(`/proc/${id}`))).toEqual([])
  await expect(runPython(client, '1')).rejects.toMatchObject({ code: 'tools_unavailable' })
  await start(folder.path, new URL(first.url).port)
  const again = await runPython(client, 'import os; os.listdir(".")')
  expect(again.data).toMatchObject({ status: 'ok', value: "['kept.txt']" })
  await client.close()
}, 120_000)

test('no sandbox outlives a server that ends well', async () => {
  const folder = await makeTempDir()
  const { child } = await start(folder.path, '0')
  await waitFor(() => descendants(child.pid!).filter(isSandbox).length > 0)
  const ids = descendants(child.pid!)
  child.kill('SIGTERM')
  await waitFor(() => !ids.some((id) => existsSync(`/proc/${id}`)))
  expect(ids.filter((id) => existsSync(`/proc/${id}`))).toEqual([])
}, 60_000)

function isSandbox(id: number): boolean {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('/run/supervisor.py')
  } catch {
    return false
  }
}

async function waitFor(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
}
