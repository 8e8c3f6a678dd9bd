import { execFileSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { loadConfig } from '@tandem/config'
import { banner } from './banner.ts'

function bannerFor(env: Record<string, string>, apiKey = 'sk-tandem-x'): string {
  return banner({
    config: loadConfig({ env, cwd: '/nowhere' }),
    apiKey,
    logPaths: ['/logs/a.log', '/logs/b.log'],
  })
}

test.each<[Record<string, string>, string]>([
  [{}, '"model":"demo/assistant"'],
  [{ OLLAMA_MODEL: 'llama3' }, '"model":"ollama/llama3"'],
  [{ DEMO_MODEL: 'off', OPENAI_API_KEY: 'k' }, '"model":"openai/MODEL"'],
  [{ DEMO_MODEL: 'off', OPENAI_API_KEY: 'k' }, 'from /v1/models in the place of MODEL'],
  [{ HOST: '0.0.0.0', MAIN_API_PORT: '80' }, 'curl -N http://127.0.0.1:80/v1/chat/completions'],
  [
    { PUBLIC_URL: 'https://chat.example' },
    'http://127.0.0.1:10007, for users https://chat.example',
  ],
  [{ ADMIN_API_KEY: 'sk-my-own' }, '(from ADMIN_API_KEY)'],
  [{}, '(from /nowhere/data/secrets.json)'],
])('%j shows %s', (env, expected) => {
  expect(bannerFor(env)).toContain(expected)
})

test('the first request survives a shell whatever the key', () => {
  const key = `it's $HOME "and" \\more`
  const [, command] = /(curl [^]*?\}')/.exec(bannerFor({}, key)) ?? []
  const words = execFileSync(
    'sh',
    ['-c', `${command}`.replace(/^curl/, String.raw`printf '%s\n'`)],
    { encoding: 'utf8' },
  )
  expect(words.split('\n')).toContain(`Authorization: Bearer ${key}`)
})
