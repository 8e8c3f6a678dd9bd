import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { baseEnv, makeTempDir, type TempDir } from '@tandem/testing'
import {
  isAlive,
  type Run,
  type RunOptions,
  runSupervisor,
  untilGone,
} from './fixtures/run-supervisor.ts'

let folder: TempDir
let runs: Run[] = []
beforeEach(async () => {
  folder = await makeTempDir()
  runs = []
})
afterEach(async () => {
  for (const { child } of runs) child.kill('SIGKILL')
  await Promise.all(runs.map(({ exitCode }) => exitCode))
  await Promise.all([...pidsOf('api-server'), ...pidsOf('tools-server')].map(untilGone))
  await folder.remove()
})

function run(options: Omit<RunOptions, 'root'> = {}): Run {
  const started = runSupervisor({
    root: folder.path,
    ...options,
    env: { ...baseEnv(), ...options.env },
  })
  runs.push(started)
  return started
}

function logOf(server: string): string {
  const path = join(folder.path, 'data/logs', `${server}.log`)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function pidsOf(server: string): number[] {
  return [...logOf(server).matchAll(/"starting","pid":(\d+)/g)].map((match) => Number(match[1]))
}

async function untilRunning(started: Run): Promise<{ url: string; api: number; tools: number }> {
  await started.until(/Ctrl-C stops both/)
  const url = await started.until(/URL +(\S+)/)
  return { url, api: pidsOf('api-server').at(-1)!, tools: pidsOf('tools-server').at(-1)! }
}

async function toolsUrlOf(url: string): Promise<string> {
  const { env } = (await (await fetch(url)).json()) as { env: Record<string, string> }
  return `http://127.0.0.1:${env['TOOLS_PORT']}`
}

async function nodeArgsOf(url: string): Promise<string[]> {
  return ((await (await fetch(url)).json()) as { nodeArgs: string[] }).nodeArgs
}

describe('a good start', () => {
  test('bounds the heap for new values of the tools server alone', async () => {
    const { url } = await untilRunning(run())
    expect(await nodeArgsOf(await toolsUrlOf(url))).toEqual(['--max-semi-space-size=8'])
    expect(await nodeArgsOf(url)).toEqual([])
  })

  test('says where, how to get a key, and a first request that a shell can take', async () => {
    const started = run()
    const { url } = await untilRunning(started)
    expect(started.output()).toContain('create-user --api-key')
    expect(started.output()).toContain(`${url}/docs`)
    expect(started.output()).toContain(`curl -N ${url}/v1/chat/completions \\\n`)
    expect(started.output()).toContain(`-H 'Authorization: Bearer YOUR_API_KEY'`)
    expect(started.output()).toContain('"model":"demo/assistant","stream":true')
    expect(started.stderr()).toBe('')
  })

  test('passes on the administrator that the main API made, once, and into no file', async () => {
    const message = { type: 'first-admin', text: 'The password is hunter2.', apiKey: 'sk-new' }
    const started = run({ env: { FAKE_API_SAYS: JSON.stringify(message) } })
    await untilRunning(started)
    expect(started.output().match(/The password is hunter2\./g)).toHaveLength(1)
    expect(started.output()).toContain('API key        sk-new')
    expect(started.output()).toContain(`-H 'Authorization: Bearer sk-new'`)
    const kept = readdirSync(join(folder.path, 'data'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    expect(kept.length).toBeGreaterThan(2)
    expect(kept.join('\n')).not.toMatch(/hunter2|sk-new/)
  })

  test('tells of the administrator also where the start fails afterwards', async () => {
    const message = { type: 'first-admin', text: 'The password is hunter2.', apiKey: null }
    const env = { FAKE_API_SAYS: JSON.stringify(message), FAKE_TOOLS: 'never-ready' }
    const started = run({ env, limits: { readyMs: 2500 } })
    expect(await started.exitCode).toBe(70)
    expect(started.output()).toContain('The password is hunter2.')
  })

  test.each(['"hello"', '{"type":"first-admin"}', 'null'])('passes over %s', async (said) => {
    const started = run({ env: { FAKE_API_SAYS: said } })
    await untilRunning(started)
    expect(started.stderr()).toBe('')
  })

  test('keeps both logs, for this user alone', async () => {
    await untilRunning(run())
    expect(logOf('api-server')).toContain('"role":"api","message":"starting"')
    expect(logOf('tools-server')).toContain('"role":"tools","message":"starting"')
    expect(statSync(join(folder.path, 'data/logs/api-server.log')).mode & 0o777).toBe(0o600)
  })

  test('hides providers and the main API’s secrets from the tools server, also those in .env', async () => {
    writeFileSync(join(folder.path, '.env'), 'OPENAI_API_KEY=sk-from-dotenv\n')
    const { url } = await untilRunning(
      run({ env: { ADMIN_API_KEY: 'sk-given-by-me', OPENROUTER_API_KEY: 'sk-or' } }),
    )
    const tools = await (await fetch(await toolsUrlOf(url))).text()
    const env = (JSON.parse(tools) as { env: Record<string, string> }).env
    expect(tools).not.toMatch(/sk-given-by-me|sk-or/)
    expect(env['OPENAI_API_KEY']).toBe('')
    expect(env['TANDEM_SUPERVISED']).toBe('1')
  })
})

describe('stopping', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends both in order, with code 0',
    async (signal) => {
      const started = run()
      const { api, tools } = await untilRunning(started)
      started.child.kill(signal)
      expect(await started.exitCode).toBe(0)
      expect([isAlive(api), isAlive(tools)]).toEqual([false, false])
      expect(logOf('api-server')).toContain('SIGTERM')
      expect(logOf('tools-server')).toContain('SIGTERM')
    },
  )

  test('a hangup is ignored under nohup', async () => {
    const started = run({ args: ['--ignore-hangup'] })
    const { url } = await untilRunning(started)
    started.child.kill('SIGHUP')
    await sleep(100)
    expect((await fetch(url)).status).toBe(200)
    started.child.kill('SIGTERM')
    expect(await started.exitCode).toBe(0)
  })

  test('a server that does not listen is killed when its time is up', async () => {
    const started = run({
      env: { FAKE_API: 'deaf', FAKE_TOOLS: 'deaf' },
      limits: { stopMs: 200, toolsStopMs: 200 },
    })
    const { api, tools } = await untilRunning(started)
    started.child.kill('SIGTERM')
    expect(await started.exitCode).toBe(0)
    expect([isAlive(api), isAlive(tools)]).toEqual([false, false])
  })

  test('one Ctrl-C that arrives twice counts once; a second one kills at once', async () => {
    const started = run({ env: { FAKE_API: 'deaf' } })
    const { api, tools } = await untilRunning(started)
    started.child.kill('SIGINT')
    await started.until(/Stopping/)
    started.child.kill('SIGINT')
    await sleep(600)
    expect(isAlive(api)).toBe(true)
    started.child.kill('SIGINT')
    expect(await started.exitCode).toBe(130)
    expect([isAlive(api), isAlive(tools)]).toEqual([false, false])
  })

  test('while it still starts is a stop like any other', async () => {
    const started = run({ env: { FAKE_API: 'never-ready' } })
    while (pidsOf('api-server').length === 0) await sleep(10)
    await sleep(200)
    started.child.kill('SIGINT')
    expect(await started.exitCode).toBe(0)
    expect(started.output()).not.toContain('is running')
  })

  test('kill -9 leaves no server behind', async () => {
    const started = run()
    const { api, tools } = await untilRunning(started)
    started.child.kill('SIGKILL')
    await Promise.all([untilGone(api), untilGone(tools)])
    expect(logOf('api-server')).toContain('stdin ended')
  })
})

describe('when a server dies', () => {
  test('the main API takes all down, with code 70 and its last words', async () => {
    const started = run()
    const { url, tools } = await untilRunning(started)
    await fetch(`${url}/die`).catch(() => {})
    expect(await started.exitCode).toBe(70)
    expect(started.stderr()).toContain('The main API died (exit code 9).')
    expect(started.stderr()).toContain('last words')
    expect(isAlive(tools)).toBe(false)
  })

  test('the tools server is started again, after a growing while', async () => {
    const started = run({ limits: { backoff: { firstMs: 20, maxMs: 30, resetAfterMs: 60_000 } } })
    const { url, api } = await untilRunning(started)
    const toolsUrl = await toolsUrlOf(url)
    for (const died of [1, 2, 3]) {
      await fetch(`${toolsUrl}/die`).catch(() => {})
      while (pidsOf('tools-server').length <= died) await sleep(10)
      while (!(await fetch(toolsUrl).catch(() => undefined))) await sleep(10)
    }
    const delays = [
      ...started
        .stderr()
        .matchAll(/tools server died \(exit code 9\); starting it again in (\S+) s/g),
    ]
    expect(delays.map((match) => match[1])).toEqual(['0.02', '0.03', '0.03'])
    expect([isAlive(api), pidsOf('api-server').length]).toEqual([true, 1])
    started.child.kill('SIGTERM')
    expect(await started.exitCode).toBe(0)
    await Promise.all(pidsOf('tools-server').map(untilGone))
  })

  test('the wait of a tools server that ran long begins anew, and stopping does not wait for it', async () => {
    const started = run({
      limits: { backoff: { firstMs: 60_000, maxMs: 120_000, resetAfterMs: 0 } },
    })
    const { url } = await untilRunning(started)
    await fetch(`${await toolsUrlOf(url)}/die`).catch(() => {})
    await started.until(/again in 60 s/)
    started.child.kill('SIGTERM')
    expect(await started.exitCode).toBe(0)
  })

  test.each([
    ['api', 'main API'],
    ['tools', 'tools server'],
  ])('at its start (%s), all ends with code 70 and the reason', async (role, name) => {
    const started = run({ env: { [`FAKE_${role.toUpperCase()}`]: 'dies-at-start' } })
    expect(await started.exitCode).toBe(70)
    expect(started.stderr()).toContain(`The ${name} did not start (exit code 1).`)
    expect(started.stderr()).toContain('cannot start: the disk is full')
    expect(logOf(`${role}-server`)).toContain('the disk is full')
    expect(started.output()).not.toContain('is running')
  })

  test('or never becomes ready, all ends with code 70', async () => {
    const started = run({ env: { FAKE_TOOLS: 'never-ready' }, limits: { readyMs: 2500 } })
    expect(await started.exitCode).toBe(70)
    expect(started.stderr()).toMatch(
      /The tools server was not ready after 2.5 s.\nIts last log lines:\n.*starting/,
    )
  })
})

describe('what cannot start ends with one clear line each and nothing started', () => {
  afterEach(() => expect(pidsOf('api-server')).toEqual([]))

  test('bad settings: code 2', async () => {
    const started = run({ env: { MAIN_API_PORT: 'abc', LOG_LEVEL: 'loud' } })
    expect(await started.exitCode).toBe(2)
    expect(started.output()).toMatch(/^MAIN_API_PORT: .*\nLOG_LEVEL: .*\n$/)
  })

  test('an empty JWT_SECRET_KEY: code 2, with the remedy', async () => {
    const started = run({ env: { JWT_SECRET_KEY: '' } })
    expect(await started.exitCode).toBe(2)
    expect(started.output()).toMatch(/^JWT_SECRET_KEY: is empty; .*openssl rand -hex 32.*\n$/)
  })

  test('a busy port: code 3', async () => {
    const busy = createServer().listen(0, '127.0.0.1')
    await once(busy, 'listening')
    const { port } = busy.address() as AddressInfo
    const started = run({ env: { TOOLS_PORT: String(port) } })
    expect(await started.exitCode).toBe(3)
    expect(started.output()).toBe(
      `TOOLS_PORT: port ${port} on 127.0.0.1 is in use; stop the program that uses it, or choose another port\n`,
    )
    busy.close()
  })

  test('an address of another machine: code 3', async () => {
    const started = run({ env: { HOST: '192.0.2.1' } })
    expect(await started.exitCode).toBe(3)
    expect(started.output()).toMatch(
      /^(HOST: 192.0.2.1 is not an address of this machine.*\n){1,2}$/,
    )
  })

  test('secrets that others can read: code 2', async () => {
    mkdirSync(join(folder.path, 'data'))
    writeFileSync(join(folder.path, 'data/secrets.json'), '{}', { mode: 0o644 })
    const started = run()
    expect(await started.exitCode).toBe(2)
    expect(started.output()).toMatch(
      /^\S+secrets.json: others on this machine can read it; run: chmod 600 .*\n$/,
    )
  })

  test('an unknown argument: code 2', async () => {
    const started = run({ args: ['--port', '80'] })
    expect(await started.exitCode).toBe(2)
    expect(started.output()).toMatch(/unknown argument --port/)
  })

  test('--help tells settings and exit codes: code 0', async () => {
    const started = run({ args: ['--help'] })
    expect(await started.exitCode).toBe(0)
    expect(started.output()).toMatch(/Usage: [^]*70 +the main API died[^]*MAIN_API_PORT\n/)
  })
})
