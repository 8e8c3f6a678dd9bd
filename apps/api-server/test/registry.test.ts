import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { loadConfig } from '@tandem/config'
import { createOpenAICompatibleProvider, createRegistry, type Registry } from '@tandem/providers'
import {
  fixtureReply,
  jsonReply,
  startFakeModelServer,
  type FakeModelServer,
  type FakeModelServerOptions,
} from '@tandem/testing'
import { createModelRegistry } from '../src/models.ts'
import { startGateway, type Gateway } from './support/start-gateway.ts'

interface Listed {
  id: string
  object: string
  created: number
  owned_by: string
  context_length?: number
  max_output_tokens?: number
}

/** One for all: only its registry is another in each test. */
let gateway: Gateway
let ownRegistry: Registry
let closing: { close(): Promise<void> }[] = []
beforeAll(async () => {
  gateway = await startGateway()
  ownRegistry = gateway.deps.registry
})
afterAll(async () => gateway.close())
beforeEach(() => {
  closing = []
})
afterEach(async () => {
  gateway.deps.registry = ownRegistry
  for (const one of closing.toReversed()) await one.close()
})

async function fake(options: FakeModelServerOptions = {}): Promise<FakeModelServer> {
  const server = await startFakeModelServer(options)
  closing.push(server)
  return server
}

/** The providers that these settings name. */
function configure(env: Record<string, string>): void {
  const { dataDir } = gateway.deps.config
  use(createModelRegistry(loadConfig({ env: { DATA_DIR: dataDir, ...env }, cwd: dataDir })))
}

function use(registry: Registry): void {
  gateway.deps.registry = registry
  closing.push(registry)
}

async function list(): Promise<Listed[]> {
  const response = await gateway.get('/v1/models')
  expect(response.status).toBe(200)
  const body = (await response.json()) as { object: string; data: Listed[] }
  expect(body.object).toBe('list')
  return body.data
}

/** Each model stands there behind each agent as well; those have tests of their own. */
async function ids(): Promise<string[]> {
  const all = (await list()).map(({ id }) => id)
  return all.filter((id) => !/^(react|plan-execute|auto)\//.test(id))
}

function ask(model: string): Promise<Response> {
  return gateway.post('/v1/chat/completions', {
    model,
    messages: [{ role: 'user', content: 'Hi' }],
  })
}

describe('GET /v1/models', () => {
  it('lists all providers under their full names, the demo last', async () => {
    const [ollama, lmstudio] = [await fake({ models: ['a', 'b'] }), await fake({ models: ['b'] })]
    configure({ OLLAMA_BASE_URL: ollama.url, LMSTUDIO_BASE_URL: lmstudio.baseUrl })
    const models = await list()
    expect(await ids()).toEqual(['ollama/a', 'ollama/b', 'lmstudio/b', 'demo/assistant'])
    for (const model of models) {
      expect(model).toMatchObject({ object: 'model', owned_by: expect.stringMatching(/\S/) })
      expect(Number.isInteger(model.created)).toBe(true)
    }
  })

  it('asks each provider once, however many callers come at once', async () => {
    const upstream = await fake()
    configure({ LMSTUDIO_BASE_URL: upstream.baseUrl })
    await Promise.all(Array.from({ length: 20 }, async () => ids()))
    expect(upstream.journal.filter(({ path }) => path === '/v1/models')).toHaveLength(1)
  })

  it.each([
    ['is down', undefined],
    ['answers HTML', { headers: { 'content-type': 'text/html' }, chunks: ['<html>'] }],
    ['answers 401', jsonReply({ error: { message: 'no' } }, { status: 401 })],
    ['answers 500', { status: 500, chunks: [] }],
    ['answers another shape', jsonReply({ models: [] })],
    ['breaks off', { chunks: ['{"data":[', { drop: true as const }] }],
  ])('a provider that %s is left out, the others are listed', async (_name, reply) => {
    const [bad, good] = [await fake(), await fake({ models: ['good'] })]
    if (reply) bad.onRequest(() => reply)
    else await bad.close()
    configure({ OLLAMA_BASE_URL: bad.url, LMSTUDIO_BASE_URL: good.baseUrl })
    expect(await ids()).toEqual(['lmstudio/good', 'demo/assistant'])
    const health = (await (await gateway.get('/health')).json()) as { providers: object[] }
    expect(health.providers).toContainEqual(
      expect.objectContaining({ provider: 'ollama', status: 'error', error: expect.any(String) }),
    )
    expect(health.providers).toContainEqual({ provider: 'lmstudio', status: 'ok', models: 1 })
  })

  it('a provider that hangs slows the list once, and then no more', async () => {
    let now = 0
    const [silent, good] = [await fake(), await fake({ models: ['good'] })]
    silent.onRequest(() => ({ chunks: [{ hang: true }] }))
    use(registryOf({ silent, good }, () => now))
    const first = performance.now()
    expect(await ids()).toEqual(['good/good'])
    expect(performance.now() - first).toBeLessThan(4000)
    now += 60_000
    const second = performance.now()
    expect(await ids()).toEqual(['good/good'])
    expect(performance.now() - second).toBeLessThan(1000)
  })

  it('a provider that dies keeps the list it gave last, and gets a new one when it is back', async () => {
    let now = 0
    const upstream = await fake({ models: ['old'] })
    use(registryOf({ lmstudio: upstream }, () => now))
    expect(await ids()).toEqual(['lmstudio/old'])
    await upstream.close()
    now += 60_000
    expect(await ids()).toEqual(['lmstudio/old'])
    await fake({ models: ['new'], port: upstream.port })
    now += 60_000
    expect(await ids()).toEqual(['lmstudio/new'])
  })

  it('a model that was pulled a moment ago is found by its bare name once the list is old', async () => {
    let now = 0
    let models = ['old']
    const upstream = await fake()
    upstream.onRequest(({ method }) =>
      method === 'GET' ? jsonReply({ data: models.map((id) => ({ id })) }) : undefined,
    )
    use(registryOf({ lmstudio: upstream }, () => now))
    expect((await ask('new')).status).toBe(404)
    models = ['old', 'new']
    now += 60_000
    expect((await ask('new')).status).toBe(200)
  })
})

function registryOf(servers: Record<string, FakeModelServer>, now: () => number): Registry {
  const timeouts = {
    connectTimeoutMs: 1000,
    firstByteTimeoutMs: 10_000,
    silenceTimeoutMs: 10_000,
    totalTimeoutMs: 10_000,
  }
  const providers = Object.entries(servers).map(([name, { baseUrl }]) =>
    createOpenAICompatibleProvider({ name, baseUrl, timeouts }),
  )
  return createRegistry({ providers, now })
}

/** The models that it was asked for, under the names that it was sent. */
const sent = (upstream: FakeModelServer): unknown =>
  upstream.journal
    .filter(({ method }) => method === 'POST')
    .map(({ json }) => (json as { model: string }).model)

describe('names of models', () => {
  const slashed = 'meta-llama/llama-3.3-70b-instruct:free'
  let openrouter: FakeModelServer
  let ollama: FakeModelServer
  let lmstudio: FakeModelServer
  let env: Record<string, string>

  beforeEach(async () => {
    openrouter = await fake({ models: [slashed, 'ollama/odd'] })
    ollama = await fake({ models: ['both', 'llama3.2:3b'] })
    lmstudio = await fake({ models: ['both', 'mine'] })
    env = {
      OPENROUTER_API_KEY: 'sk-or-test-0123456789',
      OPENROUTER_BASE_URL: openrouter.baseUrl,
      OLLAMA_BASE_URL: ollama.url,
      LMSTUDIO_BASE_URL: lmstudio.baseUrl,
    }
  })

  it('provider/model goes to that provider under its own name', async () => {
    configure(env)
    expect((await ask('lmstudio/both')).status).toBe(200)
    expect((await ask(`openrouter/${slashed}`)).status).toBe(200)
    expect([sent(ollama), sent(lmstudio), sent(openrouter)]).toEqual([[], ['both'], [slashed]])
  })

  it('a bare name goes to the first provider that has it, also with slashes in it', async () => {
    configure(env)
    for (const name of ['both', 'mine', 'llama3.2:3b', slashed]) {
      expect((await ask(name)).status).toBe(200)
    }
    expect([sent(ollama), sent(lmstudio), sent(openrouter)]).toEqual([
      ['both', 'llama3.2:3b'],
      ['mine'],
      [slashed],
    ])
  })

  it('LLM_BACKEND is preferred for bare names', async () => {
    configure({ ...env, LLM_BACKEND: 'lmstudio' })
    expect((await ask('both')).status).toBe(200)
    expect([sent(ollama), sent(lmstudio)]).toEqual([[], ['both']])
  })

  it('LLM_BACKEND=auto prefers Ollama, then llama.cpp', async () => {
    const openai = await fake({ models: ['both', 'shared'] })
    const llamacpp = await fake({ models: ['shared'] })
    configure({
      ...env,
      LLM_BACKEND: 'auto',
      OPENAI_BASE_URL: openai.baseUrl,
      LLAMACPP_BASE_URL: llamacpp.baseUrl,
    })
    expect((await ask('both')).status).toBe(200)
    expect((await ask('shared')).status).toBe(200)
    expect([sent(ollama), sent(llamacpp), sent(openai)]).toEqual([['both'], ['shared'], []])
  })

  it('without it the order of the providers counts', async () => {
    const openai = await fake({ models: ['both'] })
    configure({ ...env, OPENAI_BASE_URL: openai.baseUrl })
    expect((await ask('both')).status).toBe(200)
    expect([sent(openai), sent(ollama)]).toEqual([['both'], []])
  })

  it.each(
    ['nothing', 'nobody/nothing', '/both', 'ollama/', 'long/'.repeat(1000)].map((name) => [name]),
  )('an unknown one is a 404: %s', async (model) => {
    configure(env)
    const response = await ask(model)
    expect(response.status).toBe(404)
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({
      code: 'model_not_found',
      param: 'model',
      type: 'not_found_error',
    })
    expect(String(error['message']).length).toBeLessThan(400)
  })

  it.each([
    [`/v1/models/openrouter/${slashed}`, `openrouter/${slashed}`],
    [`/v1/models/${encodeURIComponent(`openrouter/${slashed}`)}`, `openrouter/${slashed}`],
    [`/v1/models/openrouter/${encodeURIComponent(slashed)}`, `openrouter/${slashed}`],
    [`/v1/models/${slashed}`, `openrouter/${slashed}`],
    ['/v1/models/both', 'ollama/both'],
    ['/v1/models/mine/', 'lmstudio/mine'],
    ['/v1//models//demo/assistant', 'demo/assistant'],
  ])('GET %s', async (path, id) => {
    configure(env)
    const response = await gateway.get(path)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ id, object: 'model' })
  })

  it('GET of one that is not there is a 404', async () => {
    configure(env)
    const response = await gateway.get('/v1/models/ollama/nothing')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'model_not_found' } })
  })
})

describe('models behind agents', () => {
  const listed = [
    'lmstudio/a',
    'lmstudio/b',
    'react/lmstudio/a',
    'react/lmstudio/b',
    'plan-execute/lmstudio/a',
    'plan-execute/lmstudio/b',
    'auto/lmstudio/a',
    'auto/lmstudio/b',
  ]
  let upstream: FakeModelServer

  beforeEach(async () => {
    upstream = await fake()
    const data = ['a', 'b'].map((id) => ({ id, context_length: 4096 }))
    upstream.onRequest(({ method }) => (method === 'GET' ? jsonReply({ data }) : undefined))
    configure({ LMSTUDIO_BASE_URL: upstream.baseUrl, DEMO_MODEL: 'off' })
  })
  afterEach(() => {
    gateway.deps.config.listAgentModels = true
  })

  it('come after all that are none, and are of who has the model', async () => {
    const models = await list()
    expect(models.map(({ id }) => id)).toEqual(listed)
    for (const model of models)
      expect(model).toMatchObject({ owned_by: 'lmstudio', context_length: 4096, object: 'model' })
  })

  it('are left out by LIST_AGENT_MODELS=off, and work all the same', async () => {
    const { dataDir } = gateway.deps.config
    const config = loadConfig({
      env: { DATA_DIR: dataDir, LIST_AGENT_MODELS: 'off' },
      cwd: dataDir,
    })
    gateway.deps.config.listAgentModels = config.listAgentModels
    expect((await list()).map(({ id }) => id)).toEqual(['lmstudio/a', 'lmstudio/b'])
    expect((await gateway.get('/v1/models/react/lmstudio/a')).status).toBe(200)
    expect((await ask('react/lmstudio/a')).status).toBe(200)
  })

  it.each([
    ...listed.map((id) => [id, id]),
    ['react/a', 'react/lmstudio/a'],
    ['plan_execute/lmstudio/b', 'plan-execute/lmstudio/b'],
    ['plan_execute/b', 'plan-execute/lmstudio/b'],
    ['react%2Flmstudio%2Fa', 'react/lmstudio/a'],
  ])('GET %s', async (path, id) => {
    const response = await gateway.get(`/v1/models/${path}`)
    expect(await response.json()).toMatchObject({ id, owned_by: 'lmstudio' })
  })

  it.each(['react/nothing', 'react/react/a', 'react/', 'nobody/lmstudio/a'])(
    'GET %s is a 404',
    async (path) => {
      const response = await gateway.get(`/v1/models/${path}`)
      expect(response.status).toBe(404)
    },
  )
})

describe('context_length in the list', () => {
  let upstream: FakeModelServer
  beforeEach(async () => {
    upstream = await fake()
    configure({ LMSTUDIO_BASE_URL: upstream.baseUrl, DEMO_MODEL: 'off' })
  })

  it.each([
    [
      'OpenRouter',
      { context_length: 131_072, top_provider: { max_completion_tokens: 4096 } },
      [131_072, 4096],
    ],
    [
      'OpenRouter, nulls',
      { context_length: null, top_provider: { max_completion_tokens: null } },
      [undefined, undefined],
    ],
    ['vLLM', { max_model_len: 32_768, created: 1_760_000_000 }, [32_768, undefined]],
    ['LM Studio', { max_context_length: 8192, type: 'llm' }, [8192, undefined]],
    ['llama.cpp', { meta: { n_ctx: 512, n_ctx_train: 2048, n_vocab: 49_152 } }, [512, undefined]],
    ['llama.cpp, before', { meta: { n_ctx_train: 2048 } }, [2048, undefined]],
    ['OpenAI', { owned_by: 'system', created: 1_700_000_000 }, [undefined, undefined]],
    ['nonsense', { context_length: 'long', created: 'now' }, [undefined, undefined]],
  ])('%s', async (_name, fields, lengths) => {
    upstream.onRequest(() =>
      jsonReply({ object: 'list', data: [{ id: 'm', object: 'model', ...fields }] }),
    )
    const [model] = await list()
    expect([model?.context_length, model?.max_output_tokens]).toEqual(lengths)
  })

  it.each(['llamacpp-models.json', 'ollama-models.json'] as const)('as in %s', async (name) => {
    upstream.onRequest(() => fixtureReply(name))
    const models = await list()
    expect(models.length).toBeGreaterThan(0)
    if (name.startsWith('llamacpp')) expect(models[0]?.context_length).toBeGreaterThan(0)
  })
})
