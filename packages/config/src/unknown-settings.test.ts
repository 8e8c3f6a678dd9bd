import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { envExample } from './settings-text.ts'
import { findUnknownSettings } from './unknown-settings.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const find = (dotenv: string, env: Record<string, string> = {}) => {
  writeFileSync(join(folder, '.env'), dotenv)
  return findUnknownSettings({ env, cwd: folder })
}

describe('findUnknownSettings', () => {
  it('finds all that is no setting in .env, and what was most likely meant', () => {
    expect(find('OPENAI_KEY=sk-1\nRATE_LIMT_RPM=5\nLOG_LEVEL=info\nCOMPLETELY_ELSE=1\n')).toEqual([
      { name: 'OPENAI_KEY', place: '.env', meant: 'OPENAI_API_KEY' },
      { name: 'RATE_LIMT_RPM', place: '.env', meant: 'RATE_LIMIT_RPM' },
      { name: 'COMPLETELY_ELSE', place: '.env', meant: undefined },
    ])
  })

  it('finds near misses only in the environment, which is others’ as well', () => {
    const others = { _: '/usr/bin/node', TZ: 'UTC', PATH: '/bin', HOSTNAME: 'x', OPENAI_KEY: 'y' }
    const env = { ...others, OLAMA_BASE_URL: 'http://127.0.0.1' }
    expect(find('', env)).toEqual([
      { name: 'OLAMA_BASE_URL', place: 'the environment', meant: 'OLLAMA_BASE_URL' },
    ])
  })

  it('knows every setting that .env.example shows', () => {
    expect(find(envExample().replaceAll(/^#([A-Z][A-Z_0-9]+=)/gm, '$1'))).toEqual([])
  })

  it('needs no .env', () => {
    expect(findUnknownSettings({ env: {}, cwd: join(folder, 'nowhere') })).toEqual([])
  })
})
