import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { jsonReply, startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import type { ToolResult } from '@tandem/schemas'
import { inspectNanocoder } from '../../src/nanocoder/status.ts'
import { createSandbox } from '../../src/sandbox/create-sandbox.ts'
import type { Sandbox } from '../../src/sandbox/types.ts'
import { startLastingServer, startServer, type TestServer } from '../start-server.ts'
import { testLimits } from './sandbox-server.ts'

/**
 * Stands for nanocoder: reads its configuration where nanocoder does, asks the provider that it finds there as its AI SDK
 * does, and writes what the model says. The first line of the instruction's last paragraph may name another deed.
 */
const standIn = `#!/usr/bin/env node
const { readFileSync, writeFileSync } = require('node:fs')
const { execSync } = require('node:child_process')
async function main() {
  const config = JSON.parse(readFileSync(process.env.NANOCODER_CONFIG_DIR + '/agents.config.json', 'utf8'))
  const [provider] = config.nanocoder.providers
  const prompt = process.argv.slice(process.argv.indexOf('run') + 1).join(' ')
  const reach = async (url, init) => {
    try { return (await fetch(url, init)).status } catch (error) { return String(error.cause?.code ?? error) }
  }
  if (prompt.includes('look around')) {
    const found = {
      environment: process.env,
      internet: await reach('http://127.0.0.1:' + readFileSync('port.txt', 'utf8').trim()),
      otherPaths: await reach(provider.baseUrl + '/models'),
      admin: await reach('http://models/api/users'),
    }
    writeFileSync('main.py', 'print(' + JSON.stringify(JSON.stringify(found)) + ')')
    return
  }
  const answer = await fetch(provider.baseUrl + '/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer ' + provider.apiKey },
    body: JSON.stringify({ model: 'somebody-elses', messages: [{ role: 'user', content: prompt }] }),
  })
  if (!answer.ok) { console.log('the model said ' + answer.status); process.exit(1) }
  const code = (await answer.json()).choices[0].message.content
  if (code === 'nothing') return
  writeFileSync('main.py', code)
  console.log(execSync('python3 main.py').toString())
}
main()
`

let folder = ''
let sandbox: Sandbox
let server: TestServer
let models: FakeModelServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nanocoder-test-'))
  await chmod(folder, 0o755)
  const bin = join(folder, 'node_modules/@nanocollective/nanocoder/dist')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'cli.js'), standIn, { mode: 0o755 })
  sandbox = await createSandbox({ limits: testLimits, slots: 2, poolSize: 0, preload: false })
  const nanocoder = await inspectNanocoder({
    pythonExecutorMode: 'nanocoder',
    nanocoderCommand: join(bin, 'cli.js'),
    nanocoderTimeout: 20,
  })
  if (!nanocoder?.ok) throw new Error(nanocoder?.reason)
  server = await startLastingServer({ sandbox, nanocoder })
  models = await startFakeModelServer()
}, 60_000)

beforeEach(() => models.reset())

afterAll(async () => {
  await server.close()
  await sandbox.close()
  await models.close()
  await rm(folder, { recursive: true, force: true })
})

async function ask(args: object, session?: string): Promise<ToolResult> {
  const response = await server.fetch('/tools/python_coder', {
    claims: { sub: 'user-1', ...(session && { session }) },
    method: 'POST',
    body: JSON.stringify({
      arguments: args,
      call_id: 'call-1',
      models: { base_url: models.baseUrl, token: 'the-token-of-this-call' },
    }),
  })
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as ToolResult
}

function replyWith(code: string): void {
  const message = { role: 'assistant', content: code }
  models.reply(jsonReply({ choices: [{ index: 0, message, finish_reason: 'stop' }] }))
}

describe('an instruction', () => {
  test('becomes a program, which is run, and what it printed and made is the result', async () => {
    replyWith("open('made.txt', 'w').write('x')\nprint(6 * 7)")
    const result = await ask({ instruction: 'Print the answer, é “quoted” 😀.' })
    expect(result.content).toContain('print(6 * 7)')
    expect(result.data).toMatchObject({ status: 'ok', stdout: '42\n' })
    const names = result.artifacts?.map(({ name }) => name).toSorted()
    expect(names).toEqual(['made.txt', 'main.py'])
  })

  test('asks the call’s own model with the call’s own token', async () => {
    replyWith('print(1)')
    await ask({ instruction: 'Print one, é “quoted” 😀.' })
    const [asked] = models.journal
    expect(asked?.headers['authorization']).toBe('Bearer the-token-of-this-call')
    const body = asked?.json as { model?: string; messages: { content: string }[] }
    expect(body.model).toBeUndefined()
    expect(body.messages[0]?.content).toContain('Print one, é “quoted” 😀.')
  })

  test('that comes to nothing is told with what was said', async () => {
    replyWith('nothing')
    expect(await ask({ instruction: 'Do nothing.' })).toMatchObject({
      error: { code: 'error' },
      content: expect.stringContaining('wrote no main.py'),
    })
    models.reply(jsonReply({ error: { message: 'broken' } }, { status: 500 }))
    expect((await ask({ instruction: 'Fail.' })).content).toContain('the model said 500')
  })

  test('a program that fails is told with its traceback', async () => {
    replyWith(
      "import sys\nif sys.argv[0] == 'main.py' and not sys.path[0].startswith('/workspace'):\n    1 / 0",
    )
    const result = await ask({ instruction: 'Divide.' })
    expect(result.content).toContain('ZeroDivisionError')
  })
})

test('the writer reaches neither the network, nor other paths, nor any secret', async () => {
  const upload = new FormData()
  upload.append('file', new Blob([new URL(models.baseUrl).port]), 'port.txt')
  const response = await server.fetch('/files?purpose=user_data', { method: 'POST', body: upload })
  const { id } = (await response.json()) as { id: string }
  const result = await ask({ instruction: 'Please look around.', files: [id] })
  const { stdout } = result.data as { stdout: string }
  const found = JSON.parse(stdout) as Record<string, unknown>
  expect(found).toMatchObject({ otherPaths: 404, admin: 404 })
  expect(found['internet']).not.toBe(200)
  expect(stdout).not.toContain('the-token-of-this-call')
  expect(stdout).not.toContain('the-service-secret')
  expect(models.journal).toHaveLength(0)
})

test('without nanocoder the tool says how to get it', async () => {
  const nanocoder = await inspectNanocoder({
    pythonExecutorMode: 'nanocoder',
    nanocoderCommand: 'no-such-nanocoder',
    nanocoderTimeout: 20,
  })
  const without = await startServer({ sandbox, nanocoder })
  const result = await without.result('python_coder', { instruction: 'Print one.' })
  expect(result.error?.code).toBe('sandbox_unavailable')
  expect(result.content).toContain('npm install -g @nanocollective/nanocoder')
})
