import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLifecycle, createOpenRequests } from '@tandem/http'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  chatChunks,
  makeTempDir,
  startFakeModelServer,
  type FakeModelServer,
  type TempDir,
} from '@tandem/testing'
import { expectErrorBody } from '../support/read-error.ts'
import { mainScript, spawnGateway, type GatewayProcess } from '../support/spawn-gateway.ts'
import { apiKey, promptsDir, startGateway } from '../support/start-gateway.ts'
import { createTalker, textOf, type Talker } from './talk.ts'

let upstream: FakeModelServer
let folder: TempDir

beforeAll(async () => {
  upstream = await startFakeModelServer()
  folder = await makeTempDir()
})
afterAll(async () => {
  await folder.remove()
  await upstream.close()
})
beforeEach(() => upstream.reset())

const frames = chatChunks({ content: 'One two three' }).map(
  (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
)
const messages = [{ role: 'user', content: 'Count' }]

/** Says `One two`, and the rest once it is told to. */
function speak(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  async function* chunks(): AsyncGenerator<string> {
    yield* frames.slice(0, 3)
    await promise
    yield* [...frames.slice(3), 'data: [DONE]\n\n']
  }
  upstream.reply({ headers: { 'content-type': 'text/event-stream' }, chunks: chunks() })
  return resolve
}

const running: GatewayProcess[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.close()
})

async function start(): Promise<GatewayProcess> {
  const env = { DATA_DIR: folder.path, LMSTUDIO_BASE_URL: upstream.baseUrl }
  const server = await spawnGateway(env)
  running.push(server)
  return server
}

const ask = (talker: Talker) =>
  talker.chat({ model: 'lmstudio/m', session_id: 's', stream: true, messages })

describe('a second start by mistake', () => {
  it.each(['the same port', 'another port'])(
    'on %s does not cut what the running server is saying',
    async (port) => {
      const server = await start()
      const talker = createTalker(server.url, { id: '', key: apiKey })
      const goOn = speak()
      const response = await ask(talker)
      const second = spawn(process.execPath, [mainScript], {
        env: {
          DATA_DIR: folder.path,
          MAIN_API_PORT: port === 'another port' ? '0' : new URL(server.url).port,
          PROMPTS_DIR: promptsDir,
          PATH: process.env['PATH'],
        },
        cwd: folder.path,
      })
      let stderr = ''
      second.stderr.on('data', (data) => (stderr += String(data)))
      const [code] = (await once(second, 'close')) as [number | null]
      expect(code).toBe(1)
      expect(stderr).toMatch(/^.* is in use.*\n$/)
      expect((await talker.history('s')).messages.at(-1)!.status).toBe('streaming')
      goOn()
      expect(textOf(await response.text())).toBe('One two three')
      const answer = (await talker.history('s')).messages.at(-1)
      expect(answer).toMatchObject({ content: 'One two three' })
      expect(answer).not.toHaveProperty('status')
    },
    120_000,
  )
})

describe('a start after a crash', () => {
  it('marks what was being said, as far as it had come, and the session goes on at once', async () => {
    const first = await start()
    const talker = createTalker(first.url, { id: '', key: apiKey })
    const end = speak()
    const response = await talker.chat({
      model: 'lmstudio/m',
      session_id: 'cut',
      stream: true,
      messages,
    })
    response.text().catch(() => {})
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await talker.history('cut')).messages[1]!.content === 'One two') break
      await sleep(100)
    }
    first.process.kill('SIGKILL')
    await first.exited
    end()
    const second = await start()
    const again = createTalker(second.url, { id: '', key: apiKey })
    expect((await again.history('cut')).messages[1]).toMatchObject({
      content: 'One two',
      status: 'interrupted',
    })
    await again.say('Go on', { model: 'lmstudio/m', session_id: 'cut' })
    expect(await again.lines('cut')).toHaveLength(4)
  }, 120_000)
})

describe('while the server starts', () => {
  it('the doors answer 503, and work once it is open', async () => {
    const lifecycle = createLifecycle(createOpenRequests(), { starting: true })
    const gateway = await startGateway({ deps: { lifecycle } })
    const refused = await gateway.get('/v1/models')
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(expectErrorBody(await refused.text()).code).toBe('server_starting')
    const ready = await fetch(`${gateway.url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({ status: 'starting' })
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
    lifecycle.open()
    expect((await gateway.get('/v1/models')).status).toBe(200)
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200)
    await gateway.close()
  })
})
