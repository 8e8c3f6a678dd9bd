import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { makeTempDir, type TempDir } from '@tandem/testing'
import { ConfigError } from './config-error.ts'
import { type Config, loadConfig } from './load-config.ts'

let folder: TempDir
beforeEach(async () => {
  folder = await makeTempDir()
})
afterEach(() => folder.remove())

function load(env: Record<string, string | undefined>): Config {
  return loadConfig({ env, cwd: folder.path })
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    load(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

describe('with nothing set', () => {
  test('the servers are local, closed to browsers, and have no providers', () => {
    expect(load({})).toEqual({
      host: '127.0.0.1',
      mainApiPort: 10_007,
      toolsPort: 10_006,
      toolsHost: '127.0.0.1',
      toolsUrl: 'http://127.0.0.1:10006',
      publicUrl: 'http://127.0.0.1:10007',
      corsOrigins: [],
      trustProxy: false,
      bodyLimitMb: 64,
      documentMaxMb: 64,
      documentMemoryMb: 768,
      documentParallel: 2,
      documentTimeout: 60,
      drainSeconds: 10,
      logLevel: 'info',
      supervised: false,
      dataDir: join(folder.path, 'data'),
      modelsDir: join(folder.path, 'data/models'),
      promptsDir: join(folder.path, 'prompts'),
      pluginsDir: join(folder.path, 'plugins'),
      fileLimitMb: 50,
      fileQuotaMb: 1024,
      fileLinkHours: 24,
      jwtAlgorithm: 'HS256',
      signup: 'closed',
      signupsPerHour: 20,
      apiKeysPerUser: 100,
      slidesLibreOffice: 'soffice',
      slidesParallel: 2,
      jwtExpirationHours: 168,
      adminUsername: 'admin',
      maxConversationHistory: 50,
      demoModel: true,
      listAgentModels: true,
      reactMaxIterations: 10,
      reactRetryOnError: true,
      runRetentionDays: 30,
      toolApproval: { '*': 'allow' },
      planMaxSteps: 10,
      planMaxRetries: 2,
      rateLimitRpm: 600,
      rateLimitKeyRpm: 0,
      maxConcurrentStreams: 100,
      maxMessages: 2048,
      maxJsonDepth: 128,
      promptLogMaxMb: 64,
      promptLogKeep: 5,
      tavilySearchDepth: 'advanced',
      tavilyBaseUrl: 'https://api.tavily.com',
      braveBaseUrl: 'https://api.search.brave.com',
      websearchMaxResults: 5,
      fetchPrivateHosts: [],
      pythonExecutorMode: 'native',
      nanocoderCommand: 'nanocoder',
      nanocoderTimeout: 300,
      sandboxDriver: 'auto',
      pythonInterpreter: '/usr/bin/python3',
      pythonTimeout: 60,
      pythonMaxTimeout: 300,
      pythonMemoryMb: 1024,
      pythonPoolSize: 3,
      pythonPreload: true,
      scratchSessionMb: 64,
      scratchOwnerMb: 512,
      scratchDays: 7,
      ragEmbeddingModel: 'local/all-MiniLM-L6-v2',
      ragModelHub: 'https://huggingface.co',
      ragChunkSize: 220,
      ragChunkOverlap: 30,
      ragIndexType: 'hnsw',
      ragIndexMemoryMb: 1024,
      ragQuotaMb: 1024,
      providers: [],
      upstream: {
        connectTimeoutMs: 10_000,
        firstByteTimeoutMs: 600_000,
        silenceTimeoutMs: 300_000,
        totalTimeoutMs: 3_600_000,
      },
    })
  })

  test('unknown variables are nobody’s business', () => {
    expect(load({ UNKNOWN_API_KEY: 'x', PATH: '/bin' })).toEqual(load({}))
  })
})

describe('.env', () => {
  test('is read from the folder, and the environment wins over it', () => {
    writeFileSync(
      join(folder.path, '.env'),
      'MAIN_API_PORT=1111\r\nTOOLS_PORT="2222" # comment\r\n',
    )
    expect(load({ MAIN_API_PORT: '3333' })).toMatchObject({ mainApiPort: 3333, toolsPort: 2222 })
  })

  test('an empty value in the environment switches off what .env says', () => {
    writeFileSync(join(folder.path, '.env'), 'DEFAULT_MODEL=a/b\n')
    expect(load({}).defaultModel).toBe('a/b')
    expect(load({ DEFAULT_MODEL: '  ' }).defaultModel).toBeUndefined()
  })

  test('that cannot be read is said', () => {
    mkdirSync(join(folder.path, '.env'))
    expect(problemsOf({})).toEqual([expect.stringMatching(/\.env: cannot be read/)])
  })
})

describe('servers', () => {
  test.each([
    [{ TOOLS_HOST: 'tools' }, 'http://tools:10006'],
    [{ TOOLS_HOST: 'tools', TOOLS_PORT: '1' }, 'http://tools:1'],
    [{ TOOLS_HOST: 'tools:99' }, 'http://tools:99'],
    [{ TOOLS_HOST: '::1' }, 'http://[::1]:10006'],
    [{ TOOLS_HOST: 'https://tools.example/a/' }, 'https://tools.example/a'],
    [{ HOST: '10.0.0.7' }, 'http://10.0.0.7:10006'],
    [{ HOST: '0.0.0.0' }, 'http://127.0.0.1:10006'],
    [{ HOST: '::' }, 'http://127.0.0.1:10006'],
  ])('%j finds the tools server at %s', (env, expected) => {
    expect(load(env).toolsUrl).toBe(expected)
  })

  test.each([
    [{ HOST: '10.0.0.7', MAIN_API_PORT: '80' }, 'http://10.0.0.7:80'],
    [{ PUBLIC_URL: 'https://chat.example/' }, 'https://chat.example'],
    [{ PUBLIC_URL: 'https://chat.example/llm/' }, 'https://chat.example/llm'],
  ])('%j is public at %s', (env, expected) => {
    expect(load(env).publicUrl).toBe(expected)
  })

  test.each(['0.0.0.0', '::'])(
    'open to the network by %s, it is public at an address that others reach',
    (HOST) => {
      const outer = Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .filter(({ internal, family }) => !internal && family === 'IPv4')
        .map(({ address }) => `http://${address}:80`)
      const expected = outer.length > 0 ? outer : ['http://127.0.0.1:80']
      expect(expected).toContain(load({ HOST, MAIN_API_PORT: '80' }).publicUrl)
    },
  )

  test('origins are a list, or *', () => {
    expect(
      load({ CORS_ORIGINS: 'https://a.example/, http://localhost:3000,' }).corsOrigins,
    ).toEqual(['https://a.example', 'http://localhost:3000'])
    expect(load({ CORS_ORIGINS: '*' }).corsOrigins).toEqual(['*'])
  })

  test.each([
    ['INFO', 'info'],
    ['DEBUG', 'debug'],
    ['Warning', 'warn'],
    ['CRITICAL', 'fatal'],
  ])('LOG_LEVEL=%s is %s', (given, expected) => {
    expect(load({ LOG_LEVEL: given }).logLevel).toBe(expected)
  })

  test.each<[string, boolean | number | string[]]>([
    ['1', 1],
    ['true', true],
    ['off', false],
    ['loopback, 10.0.0.0/8', ['loopback', '10.0.0.0/8']],
  ])('TRUST_PROXY=%s is %j', (given, expected) => {
    expect(load({ TRUST_PROXY: given }).trustProxy).toEqual(expected)
  })

  test('pairs are a record by name', () => {
    const { toolApproval, toolModels, toolCalling } = load({
      TOOL_APPROVAL: 'python_coder=ASK, *=deny',
      TOOL_MODELS: 'websearch = ollama/qwen2.5:3b,*=m',
      TOOL_CALLING: 'ollama/gemma3:4b=prompted',
    })
    expect(toolApproval).toEqual({ python_coder: 'ask', '*': 'deny' })
    expect(toolModels).toEqual({ websearch: 'ollama/qwen2.5:3b', '*': 'm' })
    expect(toolCalling).toEqual({ 'ollama/gemma3:4b': 'prompted' })
  })

  test('folders are relative to the working folder', () => {
    const { dataDir, modelsDir } = load({ DATA_DIR: '../x', MODELS_DIR: '/models' })
    expect({ dataDir, modelsDir }).toEqual({
      dataDir: join(folder.path, '../x'),
      modelsDir: '/models',
    })
  })
})

describe('bad settings', () => {
  test('are all named, one clear line each', () => {
    const problems = problemsOf({
      MAIN_API_PORT: 'abc',
      TOOLS_PORT: '99999',
      HOST: 'http://x',
      LOG_LEVEL: 'loud',
      DEMO_MODEL: 'perhaps',
      DEFAULT_TEMPERATURE: '3',
      CORS_ORIGINS: 'everywhere',
      TRUST_PROXY: 'maybe',
      UPSTREAM_TOTAL_TIMEOUT: '0',
      BODY_LIMIT_MB: '1.5',
      OPENAI_BASE_URL: 'api.openai.com',
    })
    expect(problems.join('\n')).toMatchInlineSnapshot(`
     "HOST: give a host name or an IP address, without http:// and port
     MAIN_API_PORT: give a whole number from 0 to 65535
     TOOLS_PORT: give a whole number from 0 to 65535
     CORS_ORIGINS: give a full URL that begins with http:// or https://
     TRUST_PROXY: write off, the number of proxies in front (1), or their addresses (10.0.0.0/8, loopback)
     BODY_LIMIT_MB: give a whole number from 1 to 2048
     LOG_LEVEL: choose one of trace, debug, info, warn, error, fatal, silent
     DEFAULT_TEMPERATURE: give a number from 0 to 2
     DEMO_MODEL: write on or off
     OPENAI_BASE_URL: give a full URL that begins with http:// or https://
     UPSTREAM_TOTAL_TIMEOUT: give a number from 0.001 to 86400"
    `)
  })

  test.each([
    [{ TOOL_APPROVAL: 'ask' }, /TOOL_APPROVAL: write it as python_coder=ask/],
    [{ TOOL_APPROVAL: 'python_coder=maybe' }, /allow, ask or deny/],
    [{ TOOL_APPROVAL: 'a=ask,a=allow' }, /give a once/],
    [{ TOOL_APPROVAL: 'a=ask,' }, /write it as/],
    [{ TOOL_MODELS: 'websearch=' }, /TOOL_MODELS: write it as/],
    [{ TOOL_CALLING: 'm=sometimes' }, /native, prompted or none/],
  ])('%j says how to write it', (env, message) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(message)])
  })

  test('two servers cannot have one port', () => {
    expect(problemsOf({ MAIN_API_PORT: '10006' })).toEqual([
      expect.stringMatching(/^TOOLS_PORT: choose another/),
    ])
  })

  test('port 0 asks the system for a free one', () => {
    expect(problemsOf({ MAIN_API_PORT: '0', TOOLS_PORT: '0' })).toEqual([])
  })

  test.each(['RS256', 'none', 'HS512'])(
    'JWT_ALGORITHM=%s is refused with the reason',
    (JWT_ALGORITHM) => {
      expect(problemsOf({ JWT_ALGORITHM })).toEqual([
        expect.stringMatching(/only HS256.*lets a token choose/),
      ])
    },
  )
})

describe('secrets', () => {
  const strong = 'q8Zr2vX0pLwN5tYb7uKdJ4sHf9GaCe1M'

  test('long random ones are taken', () => {
    const env = {
      SERVICE_SECRET: strong,
      JWT_SECRET_KEY: `${strong}2`,
      ADMIN_API_KEY: 'sk-my-own-key',
    }
    expect(load(env)).toMatchObject({
      serviceSecret: strong,
      jwtSecretKey: `${strong}2`,
      adminApiKey: 'sk-my-own-key',
    })
  })

  test.each([
    ['SERVICE_SECRET', 'q8Zr2vX0pLwN5tYb7uKd'],
    ['SERVICE_SECRET', 'a'.repeat(40)],
    ['SERVICE_SECRET', 'q8Zr2vX0pLwN5tYb7uKd q8Zr2vX0pLwN5tYb7uKd'],
    ['JWT_SECRET_KEY', 'dev-secret-key-change-in-production'],
    ['JWT_SECRET_KEY', 'your-secret-key-keep-it-somewhere-safe'],
    ['JWT_SECRET_KEY', 'please-change-me-please-change-me-now'],
    ['JWT_SECRET_KEY', 'your-secret-key-here'],
    ['JWT_SECRET_KEY', '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7'],
    ['JWT_SECRET_KEY', '404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970'],
    ['JWT_SECRET_KEY', 'a-string-secret-at-least-256-bits-long'],
    ['JWT_SECRET_KEY', 'super-secret-jwt-token-with-at-least-32-characters-long'],
    ['JWT_SECRET_KEY', 'your-super-secret-jwt-token-with-at-least-32-characters-long'],
    ['JWT_SECRET_KEY', 'this_is_a_very_long_secret_key_for_jwt'],
    ['JWT_SECRET_KEY', 'replace-this-with-something-really-long'],
    ['JWT_SECRET_KEY', '0123456789abcdef0123456789abcdef'],
    ['JWT_SECRET_KEY', 'abcdefghijklmnopqrstuvwxyz123456'],
    ['JWT_SECRET_KEY', '12345678901234567890123456789012'],
    ['JWT_SECRET_KEY', 'correcthorsecorrecthorsecorrecthorse'],
    ['JWT_SECRET_KEY', 'kurz'],
    ['ADMIN_PASSWORD', 'kurz'],
    ['ADMIN_PASSWORD', 'ä'.repeat(37)],
    ['ADMIN_USERNAME', 'an admin'],
    ['SIGNUP', 'perhaps'],
    ['ADMIN_API_KEY', 'abc'],
    ['ADMIN_API_KEY', 'changeme'],
  ])('%s=%s is refused and not repeated', (name, value) => {
    const [problem, ...others] = problemsOf({ [name]: value })
    expect(others).toEqual([])
    expect(problem).toMatch(new RegExp(`^${name}: `))
    expect(problem).not.toContain(value)
  })

  test('random ones are never taken for well-known ones', () => {
    const bytes = Array.from({ length: 50 }, () => randomBytes(32))
    for (const JWT_SECRET_KEY of bytes.flatMap((each) => [
      each.toString('hex'),
      each.toString('base64url'),
      each.toString('base64'),
    ])) {
      expect(problemsOf({ JWT_SECRET_KEY })).toEqual([])
    }
  })

  test.each(['', '  '])('JWT_SECRET_KEY=%j is refused where it must not be empty', (value) => {
    const options = { cwd: folder.path, notEmpty: ['JWT_SECRET_KEY'] }
    expect(() => loadConfig({ ...options, env: { JWT_SECRET_KEY: value } })).toThrow(
      /^JWT_SECRET_KEY: is empty; .*openssl rand.*take the variable away/,
    )
    writeFileSync(join(folder.path, '.env'), 'JWT_SECRET_KEY=\n')
    expect(() => loadConfig({ ...options, env: {} })).toThrow(/^JWT_SECRET_KEY: is empty/)
    expect(load({ JWT_SECRET_KEY: value }).jwtSecretKey).toBeUndefined()
  })

  test('one secret cannot serve both purposes', () => {
    expect(problemsOf({ SERVICE_SECRET: strong, JWT_SECRET_KEY: strong })).toEqual([
      expect.stringMatching(/^SERVICE_SECRET: choose another/),
    ])
  })
})
