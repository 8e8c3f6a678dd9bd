import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { loadConfig } from '@tandem/config'
import { makeTempDir } from '@tandem/testing'
import { secretsToRedact } from './secrets-to-redact.ts'

it('names every setting that holds a secret, and what we made ourselves', async () => {
  const folder = await makeTempDir()
  const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8')
  const names = [...example.matchAll(/^#? ?([A-Z_]+_(?:KEY|PASSWORD|SECRET))=/gm)].map(
    ([, name = '']) => name,
  )
  expect(names).toEqual(expect.arrayContaining(['OPENAI_API_KEY', 'BRAVE_API_KEY']))
  const env = Object.fromEntries(names.map((name) => [name, randomBytes(20).toString('hex')]))
  const url = 'http://127.0.0.1:9/v1'
  const urls = { PRIVATE_CLOUD_ENDPOINT: url, LOCAL_LLM_ENDPOINT: url, LLAMACPP_BASE_URL: url }
  const config = loadConfig({ env: { ...env, ...urls }, cwd: folder.path })
  const expected = [...Object.values(env), 'our own']
  expect(secretsToRedact(config, { made: 'our own' }).toSorted()).toEqual(expected.toSorted())
  await folder.remove()
})
