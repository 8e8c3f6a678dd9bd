import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { spawn } from 'node:child_process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  baseEnv,
  chatChunks,
  makeTempDir,
  startFakeModelServer,
  type FakeModelServer,
  type TempDir,
} from '@tandem/testing'
import { expectErrorBody, expectWholeEvents } from './support/read-error.ts'
import { mainScript, spawnGateway, type GatewayProcess } from './support/spawn-gateway.ts'
import { apiKey, promptsDir } from './support/start-gateway.ts'

let upstream: FakeModelServer
let server: GatewayProcess | undefined

beforeAll(async () => {
  upstream = await startFakeModelServer()
})
afterAll(async () => upstream.close())
beforeEach(() => upstream.reset())
afterEach(async () => {
  await server?.close()
  server = undefined
})

const sse = { 'content-type': 'text/event-stream' }
const frames = chatChunks().map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)

function ask(url: string, { stream = true, key = apiKey } = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'lmstudio/m',
      stream,
      messages: [{ role: 'user', content: 'Hi' }],
    }),
    signal: AbortSignal.timeout(30_000),
  })
}

async function start(env: Record<string, string> = {}): Promise<GatewayProcess> {
  server = await spawnGateway({ LMSTUDIO_BASE_URL: upstream.baseUrl, ...env })
  return server
}

/** A stream that has begun, and goes on when it is told to; the server is then told to stop. */
async function stopWhileStreaming(
  running: GatewayProcess,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<{ response: Response; goOn: () => void }> {
  const { promise, resolve: goOn } = Promise.withResolvers<void>()
  async function* chunks(): AsyncGenerator<string> {
    yield frames[0]!
    await promise
    yield* [...frames.slice(1), 'data: [DONE]\n\n']
  }
  upstream.reply({ headers: sse, chunks: chunks() })
  const response = await ask(running.url)
  running.process.kill(signal)
  return { response, goOn }
}

async function readyStatus(url: string): Promise<number> {
  const response = await fetch(`${url}/readyz`)
  await response.text()
  return response.status
}

async function untilDraining(url: string): Promise<void> {
  const since = performance.now()
  while ((await readyStatus(url)) === 200) expect(performance.now() - since).toBeLessThan(1000)
}

describe('SIGTERM while a stream runs', () => {
  it('readiness goes at once, new work is refused, the stream finishes, the exit code is 0', async () => {
    const running = await start({ DRAIN_SECONDS: '60' })
    expect(await readyStatus(running.url)).toBe(200)
    const { response, goOn } = await stopWhileStreaming(running)
    await untilDraining(running.url)
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200)

    const refused = await ask(running.url, { stream: false })
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('connection')).toBe('close')
    expect(expectErrorBody(await refused.text()).code).toBe('server_shutting_down')
    expect(upstream.journal).toHaveLength(1)

    goOn()
    expect(await response.text()).toBe(`${frames.join('')}data: [DONE]\n\n`)
    expect(await running.exited).toBe(0)
    expect(running.stderr()).toBe('')
    expect(running.logs().at(-1)).toMatchObject({ msg: 'stopped' })
  })

  it('a stream that takes longer than DRAIN_SECONDS gets an error event', async () => {
    const running = await start({ DRAIN_SECONDS: '1' })
    upstream.reply({ headers: sse, chunks: [frames[0]!, { hang: true }] })
    const response = await ask(running.url)
    running.process.kill('SIGTERM')
    const events = expectWholeEvents(await response.text())
    expect(events).toHaveLength(2)
    expect(expectErrorBody(events[1]!).code).toBe('server_shutting_down')
    expect(await running.exited).toBe(0)
    await upstream.journal[0]!.closed
  })

  it('an answer that is waited for gets a 503', async () => {
    const running = await start({ DRAIN_SECONDS: '0' })
    upstream.reply({ chunks: [{ hang: true }] })
    const asked = ask(running.url, { stream: false })
    await upstream.received()
    running.process.kill('SIGTERM')
    const response = await asked
    expect(response.status).toBe(503)
    expect(expectErrorBody(await response.text()).code).toBe('server_shutting_down')
    expect(await running.exited).toBe(0)
  })

  it('idle connections do not keep it', async () => {
    const running = await start({ DRAIN_SECONDS: '60' })
    await (await fetch(`${running.url}/healthz`)).text()
    const stopping = performance.now()
    expect(await running.stop()).toBe(0)
    expect(performance.now() - stopping).toBeLessThan(2000)
  })

  it('SIGINT stops it as well, and twice does no harm', async () => {
    const running = await start({ DRAIN_SECONDS: '60' })
    // While the stream keeps it: a process that is about to exit has no handler any more.
    const { response, goOn } = await stopWhileStreaming(running, 'SIGINT')
    await untilDraining(running.url)
    running.process.kill('SIGINT')
    goOn()
    expect(await response.text()).toBe(`${frames.join('')}data: [DONE]\n\n`)
    expect(await running.exited).toBe(0)
  })
})

interface Ended {
  code: number | null
  stdout: string
  stderr: string
  ms: number
}

/** As `run`, and once more where a busy machine made it slow. */
async function runQuickly(env: Record<string, string>, folder: string): Promise<Ended> {
  let ended = await run(env, folder)
  for (let tries = 1; tries < 4 && ended.ms >= 2000; tries += 1) ended = await run(env, folder)
  expect(ended.ms).toBeLessThan(2000)
  return ended
}

/** Runs the server's script as it is started by hand, until it ends. */
async function run(env: Record<string, string>, folder: string): Promise<Ended> {
  const started = performance.now()
  const child = spawn(process.execPath, [mainScript], {
    env: { ...baseEnv(), PROMPTS_DIR: promptsDir, ...env },
    cwd: folder,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => (stdout += String(data)))
  child.stderr.on('data', (data) => (stderr += String(data)))
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  return { code, stdout, stderr, ms: performance.now() - started }
}

describe('a start that cannot be', () => {
  let folder: TempDir
  beforeAll(async () => {
    folder = await makeTempDir()
  })
  afterAll(async () => folder.remove())

  it('a busy port is one clear line', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const port = String((other.address() as AddressInfo).port)
    const { code, stderr } = await runQuickly(
      { MAIN_API_PORT: port, DATA_DIR: folder.path },
      folder.path,
    )
    other.close()
    expect(stderr).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use: .+\n$`))
    expect(code).toBe(1)
  })

  it('bad settings are one line each', async () => {
    const bad = {
      MAIN_API_PORT: 'x',
      LOG_LEVEL: 'loud',
      ADMIN_API_KEY: 'changeme',
      DRAIN_SECONDS: '-1',
    }
    const { code, stderr } = await runQuickly({ ...bad, DATA_DIR: folder.path }, folder.path)
    for (const name of Object.keys(bad)) {
      expect(stderr.split('\n').filter((line) => line.includes(name))).toHaveLength(1)
    }
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stderr).not.toContain('changeme')
    expect(code).toBe(2)
  })

  it('an address that is not ours is one clear line', async () => {
    const { code, stderr } = await run(
      { HOST: '192.0.2.1', MAIN_API_PORT: '0', DATA_DIR: folder.path },
      folder.path,
    )
    expect(stderr).toBe('HOST 192.0.2.1 is no address of this machine.\n')
    expect(code).toBe(1)
  })
})

describe('TANDEM_SUPERVISED', () => {
  it('it ends with its standard input', async () => {
    const running = await start({ TANDEM_SUPERVISED: '1' })
    running.process.stdin?.end()
    expect(await running.exited).toBe(0)
  })

  it('without it the end of standard input is nothing', async () => {
    const running = await start()
    running.process.stdin?.end()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await readyStatus(running.url)).toBe(200)
  })
})
