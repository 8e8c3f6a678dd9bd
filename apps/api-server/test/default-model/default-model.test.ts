import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { fixtureReply, startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { warnOfDefaultModel } from '../../src/default-model/warn-of-default-model.ts'
import { expectErrorBody } from '../support/read-error.ts'
import { spawnGateway, type GatewayProcess } from '../support/spawn-gateway.ts'
import { startGateway, type Gateway } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

let upstream: FakeModelServer
let gateway: Gateway | undefined

beforeAll(async () => {
  upstream = await startFakeModelServer({ models: ['llama3.2:3b', 'qwen3:latest'] })
})
afterAll(() => upstream.close())
afterEach(async () => {
  upstream.reset()
  await gateway?.close()
  gateway = undefined
})

async function start(env: Record<string, string>): Promise<Gateway> {
  gateway = await startGateway({ env: { OLLAMA_BASE_URL: upstream.url, ...env } })
  return gateway
}

/** What the log, and what the terminal is told under a supervisor. */
async function warn(env: Record<string, string>): Promise<{ logged: string[]; printed: string[] }> {
  const { deps, logs } = await start(env)
  const printed: string[] = []
  const config = { ...deps.config, supervised: true }
  await warnOfDefaultModel({ ...deps, config }, (text) => void printed.push(text))
  const logged = logs.filter(({ level }) => level === 40).map(({ msg }) => String(msg))
  return { logged, printed }
}

describe('at the start, the default model', () => {
  it.each(['ollama/llama3.2:3b', 'llama3.2:3b', 'ollama/qwen3', 'react/ollama/llama3.2:3b'])(
    '%s is there, and nothing is said',
    async (name) => {
      expect(await warn({ DEFAULT_MODEL: name })).toEqual({ logged: [], printed: [] })
    },
  )

  it('is none, and nothing is said', async () => {
    expect(await warn({})).toEqual({ logged: [], printed: [] })
  })

  const unknown: Record<string, string>[] = [
    { DEFAULT_MODEL: 'ollama/lama3.2' },
    { DEFAULT_MODEL: 'olama/llama3.2:3b' },
    { DEFAULT_MODEL: 'auto/ollama/llama3.2' },
    { OLLAMA_MODEL: 'llama3.2' },
  ]
  it.each(unknown)('%j is unknown: a warning names what may be meant', async (env) => {
    const { logged, printed } = await warn(env)
    expect(logged).toEqual([
      expect.stringMatching(/which no provider lists.*Did you mean 'ollama\/llama3\.2:3b'\?/),
    ])
    expect(logged[0]).toContain(Object.values(env)[0])
    expect(printed).toEqual([`Warning: ${logged[0]}\n`])
  })

  it('is like no other: a warning says where all are listed', async () => {
    const { logged } = await warn({ DEFAULT_MODEL: 'claude-opus' })
    expect(logged[0]).toContain('GET /v1/models lists those that there are.')
  })

  it('is of a provider that is down: a warning says that it cannot be checked', async () => {
    const { logged } = await warn({
      LMSTUDIO_BASE_URL: 'http://127.0.0.1:1',
      DEFAULT_MODEL: 'lmstudio/m',
    })
    expect(logged).toEqual([
      expect.stringMatching(/'lmstudio\/m'.* cannot be checked: lmstudio \(upstream_unreachable\)/),
    ])
  })

  it('is unknown and a provider is down: a warning names both', async () => {
    const { logged } = await warn({
      LMSTUDIO_BASE_URL: 'http://127.0.0.1:1',
      DEFAULT_MODEL: 'mine',
    })
    expect(logged[0]).toMatch(/no provider lists.*lmstudio \(upstream_unreachable\)/)
  })

  it('is warned of by the server itself, behind the line that says that it listens', async () => {
    let server: GatewayProcess | undefined
    try {
      server = await spawnGateway({
        OLLAMA_BASE_URL: upstream.url,
        DEFAULT_MODEL: 'ollama/lama3.2',
      })
      const { logs, url } = server
      await waitUntil(() => logs().some(({ level }) => level === 40))
      expect(logs().find(({ level }) => level === 40)?.['msg']).toContain('Did you mean')
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
    } finally {
      await server?.close()
    }
  })
})

describe('a request that names no model, where the default does not exist', () => {
  const chat = { messages: [{ role: 'user', content: 'Hello' }] }

  it.each([
    ['/v1/chat/completions', chat],
    ['/v1/chat/completions', { ...chat, stream: true }],
    ['/v1/chat/completions', { ...chat, agent_type: 'react' }],
    ['/v1/completions', { prompt: 'Hello' }],
    ['/v1/embeddings', { input: 'Hello' }],
  ])('%s says whose word it was', async (path, body) => {
    const { post } = await start({ DEFAULT_MODEL: 'nobody/nothing' })
    const response = await post(path, body)
    expect(response.status).toBe(404)
    expect(expectErrorBody(await response.text())).toMatchObject({
      code: 'model_not_found',
      param: 'model',
      message: expect.stringContaining(
        "The model 'nobody/nothing' does not exist. The request names no model, so it went to the server's default, 'nobody/nothing' (DEFAULT_MODEL).",
      ),
    })
  })

  it.each([false, true])("keeps the provider's words, stream: %s", async (stream) => {
    const { post } = await start({ DEFAULT_MODEL: 'ollama/nothing' })
    upstream.reply(fixtureReply('ollama-unknown-model.json'))
    const response = await post('/v1/chat/completions', { ...chat, stream })
    expect(response.status).toBe(404)
    const { message } = expectErrorBody(await response.text())
    expect(message).toMatch(/not found.*server's default, 'ollama\/nothing' \(DEFAULT_MODEL\)/)
  })

  it('says nothing of it to who named one', async () => {
    const { post } = await start({ DEFAULT_MODEL: 'ollama/llama3.2:3b' })
    upstream.reply(fixtureReply('ollama-unknown-model.json'))
    const response = await post('/v1/chat/completions', { ...chat, model: 'ollama/other' })
    expect(expectErrorBody(await response.text()).message).not.toContain('DEFAULT_MODEL')
  })
})
