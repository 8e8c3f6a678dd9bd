import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { baseEnv } from '@tandem/testing'
import { createToolsClient, signServiceToken } from '@tandem/tools'
import { promptsDir } from './start-server.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
let folder = ''
let child: ChildProcess | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tools-server-'))
})
afterEach(async () => {
  if (child?.exitCode === null) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

/** The real process, in a folder and with settings of its own. */
function start(settings: Record<string, string> = {}) {
  const started = spawn(process.execPath, [main], {
    cwd: folder,
    env: {
      ...baseEnv(),
      TOOLS_PORT: '0',
      PROMPTS_DIR: promptsDir,
      DATA_DIR: 'data',
      DRAIN_SECONDS: '1',
      RAG_MODEL_HUB: 'off',
      ...settings,
    },
  })
  child = started
  let output = ''
  const seen = Promise.withResolvers<string>()
  const read = (chunk: Buffer): void => {
    output += chunk.toString()
    const url = /"url":"([^"]+)"/.exec(output)?.[1]
    if (url) seen.resolve(url)
  }
  started.stdout.on('data', read)
  started.stderr.on('data', read)
  const ended = once(started, 'close').then(([code]) => ({ code: code as number, output }))
  return { started, url: seen.promise, ended }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'starts with a secret of its own, serves, and ends well on %s',
  async (signal) => {
    const { started, url, ended } = start()
    const baseUrl = await url
    expect((await fetch(`${baseUrl}/healthz`)).status).toBe(200)
    const file = await readFile(join(folder, 'data', 'secrets.json'), 'utf8')
    const { serviceSecret } = JSON.parse(file) as { serviceSecret: string }
    const client = createToolsClient({ baseUrl, secret: serviceSecret })
    const tools = await client.list({ sub: 'u' }, { signal: new AbortController().signal })
    expect(tools.map(({ name }) => name)).toContain('calculator')
    await client.close()
    started.kill(signal)
    const { code, output } = await ended
    expect(code).toBe(0)
    expect(output).toContain('"stopped"')
    expect(output).not.toContain(serviceSecret)
  },
)

test('takes the secret from SERVICE_SECRET', async () => {
  const secret = 'q8Zr2vX0pLwN5tYb7uKdJ4sHf9GaCe1M'
  const { started, url, ended } = start({ SERVICE_SECRET: secret })
  const headers = { authorization: `Bearer ${signServiceToken({ sub: 'u' }, secret)}` }
  expect((await fetch(`${await url}/tools`, { headers })).status).toBe(200)
  started.kill('SIGTERM')
  await ended
})

test('says in one line that its port is in use', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  const { code, output } = await start({ TOOLS_PORT: String(port) }).ended
  holder.close()
  expect(code).toBe(1)
  expect(output.trim().split('\n')).toEqual([expect.stringContaining(`Port ${port}`)])
})

test('says in one line which setting is wrong', async () => {
  const noPrompts = await start({ PROMPTS_DIR: 'nowhere' }).ended
  expect(noPrompts.code).not.toBe(0)
  expect(noPrompts.output.trim()).toMatch(/^.*nowhere.*PROMPTS_DIR.*$/)
  const noPort = await start({ TOOLS_PORT: 'abc' }).ended
  expect(noPort.code).toBe(2)
  expect(noPort.output.trim()).toMatch(/^TOOLS_PORT: .*$/)
})
