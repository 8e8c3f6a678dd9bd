import { describe, expect, test } from '@jest/globals'
import { ConfigError } from './config-error.ts'
import { type Config, loadConfig } from './load-config.ts'

function load(env: Record<string, string>): Config {
  return loadConfig({ env, cwd: '/nonexistent' })
}

test.each<[Record<string, string>, Record<string, string | undefined>]>([
  [{ OPENAI_API_KEY: 'k' }, { name: 'openai', baseUrl: 'https://api.openai.com/v1', apiKey: 'k' }],
  [{ OPENAI_BASE_URL: 'http://h:1' }, { name: 'openai', baseUrl: 'http://h:1/v1' }],
  [
    { OPENAI_BASE_URL: 'http://h:1/v1/', OPENAI_API_KEY: 'k' },
    { name: 'openai', baseUrl: 'http://h:1/v1', apiKey: 'k' },
  ],
  [
    { OPENROUTER_API_KEY: 'k' },
    { name: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1', apiKey: 'k' },
  ],
  [
    { OPENROUTER_API_KEY: 'k', OPENROUTER_BASE_URL: 'http://h/api/v1' },
    { name: 'openrouter', baseUrl: 'http://h/api/v1', apiKey: 'k' },
  ],
  [{ OLLAMA_BASE_URL: 'http://h:11434' }, { name: 'ollama', baseUrl: 'http://h:11434/v1' }],
  [{ OLLAMA_HOST: '0.0.0.0:99' }, { name: 'ollama', baseUrl: 'http://127.0.0.1:99/v1' }],
  [
    { OLLAMA_HOST: 'a', OLLAMA_BASE_URL: 'http://b' },
    { name: 'ollama', baseUrl: 'http://b/v1' },
  ],
  [{ OLLAMA_MODEL: 'llama3.2' }, { name: 'ollama', baseUrl: 'http://127.0.0.1:11434/v1' }],
  [{ LLM_BACKEND: 'Ollama' }, { name: 'ollama', baseUrl: 'http://127.0.0.1:11434/v1' }],
  [{ LLM_BACKEND: 'llamacpp' }, { name: 'llamacpp', baseUrl: 'http://127.0.0.1:8080/v1' }],
  [
    { LLAMACPP_BASE_URL: 'http://h:8080', LLAMACPP_API_KEY: 'k' },
    { name: 'llamacpp', baseUrl: 'http://h:8080/v1', apiKey: 'k' },
  ],
  [{ LMSTUDIO_BASE_URL: 'http://h:1234/v1' }, { name: 'lmstudio', baseUrl: 'http://h:1234/v1' }],
  [
    { PRIVATE_CLOUD_ENDPOINT: 'https://h', PRIVATE_CLOUD_API_KEY: 'k' },
    { name: 'private', baseUrl: 'https://h/v1', apiKey: 'k' },
  ],
  [{ LOCAL_LLM_ENDPOINT: 'http://h:5000' }, { name: 'local', baseUrl: 'http://h:5000/v1' }],
])('%j turns on %j', (env, expected) => {
  expect(load(env).providers).toEqual([expected])
})

test('OPENROUTER_BASE_URL alone turns nothing on', () => {
  expect(load({ OPENROUTER_BASE_URL: 'http://h' }).providers).toEqual([])
})

test('several stand in a fixed order', () => {
  const { providers } = load({
    LOCAL_LLM_ENDPOINT: 'http://h',
    LLM_BACKEND: 'auto',
    OPENAI_API_KEY: 'k',
  })
  expect(providers.map(({ name }) => name)).toEqual(['openai', 'ollama', 'llamacpp', 'local'])
})

test.each([
  [{ DEFAULT_MODEL: 'openai/gpt', OLLAMA_MODEL: 'llama3' }, 'openai/gpt'],
  [{ OLLAMA_MODEL: 'llama3' }, 'ollama/llama3'],
  [{ OLLAMA_MODEL: 'ollama/llama3' }, 'ollama/llama3'],
  [{ OLLAMA_MODEL: 'hf.co/x/y' }, 'ollama/hf.co/x/y'],
  [{}, undefined],
])('%j makes the default model %s', (env, expected) => {
  expect(load(env as Record<string, string>).defaultModel).toBe(expected)
})

describe('refused', () => {
  test.each<[Record<string, string>, RegExp]>([
    [{ LLM_BACKEND: 'openai' }, /^LLM_BACKEND: the provider openai is not set up/],
    [{ LLM_BACKEND: 'skynet' }, /^LLM_BACKEND: choose one of auto, demo, openai/],
    [
      { PRIVATE_CLOUD_API_KEY: 'hunter2' },
      /^PRIVATE_CLOUD_API_KEY: set PRIVATE_CLOUD_ENDPOINT too/,
    ],
    [{ LOCAL_LLM_API_KEY: 'hunter2' }, /^LOCAL_LLM_API_KEY: set LOCAL_LLM_ENDPOINT too/],
    [
      { OLLAMA_BASE_URL: 'http://u:hunter2@h' },
      /^OLLAMA_BASE_URL: take the user name and password out/,
    ],
    [{ OLLAMA_HOST: 'u:hunter2@h:1' }, /^OLLAMA_HOST: take the user name and password out/],
  ])('%j', (env, expected) => {
    const error = catchConfigError(() => load(env))
    expect(error.message).toMatch(expected)
    expect(JSON.stringify([error.message, error.problems, error.cause])).not.toContain('hunter2')
  })
})

function catchConfigError(run: () => unknown): ConfigError {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('expected a ConfigError')
}
