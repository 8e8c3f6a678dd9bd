import { execFileSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { loadConfig } from '@tandem/config'
import { banner } from './banner.ts'

function bannerFor(env: Record<string, string>, newKey?: string): string {
  return banner({
    config: loadConfig({ env, cwd: '/nowhere' }),
    root: '/nowhere',
    newKey,
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
  [{ ADMIN_API_KEY: 'sk-my-own' }, 'the one in ADMIN_API_KEY'],
  [{}, '  npx --yes pnpm@10 create-user --api-key'],
  [
    { DATA_DIR: "/it's" },
    String.raw`  DATA_DIR='/it'\''s' npx --yes pnpm@10 create-user --api-key`,
  ],
  [{}, "-H 'Authorization: Bearer YOUR_API_KEY'"],
])('%j shows %s', (env, expected) => {
  expect(bannerFor(env)).toContain(expected)
})

test('the key that the start made is shown and ready to use; one from the environment is not repeated', () => {
  const made = bannerFor({}, 'sk-tandem-new')
  expect(made).toContain('API key        sk-tandem-new')
  expect(made).toContain("-H 'Authorization: Bearer sk-tandem-new'")
  expect(made).not.toContain('create-user')
  expect(bannerFor({ ADMIN_API_KEY: 'sk-my-own' })).not.toContain('sk-my-own')
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
