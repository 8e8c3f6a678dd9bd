import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { makeTempDir, type TempDir } from '@tandem/testing'
import { loadSecrets, secretsPath } from './secrets.ts'

const names = ['serviceSecret', 'jwtSecretKey'] as const

let folder: TempDir
let dataDir: string
beforeEach(async () => {
  folder = await makeTempDir()
  dataDir = join(folder.path, 'data')
})
afterEach(() => folder.remove())

describe('the first start', () => {
  test('makes random secrets that only the owner can read', () => {
    const secrets = loadSecrets({ dataDir, given: {}, names })
    for (const secret of Object.values(secrets)) expect(secret).toMatch(/^[\w-]{43}$/)
    expect(new Set(Object.values(secrets)).size).toBe(2)
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    expect(statSync(secretsPath(dataDir)).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['secrets.json'])
  })

  test('gives the same ones to servers that start at once', async () => {
    const entry = join(import.meta.dirname, 'index.ts')
    const script = `
      const { loadSecrets } = await import(${JSON.stringify(entry)})
      const names = ${JSON.stringify(names)}
      process.stdout.write(JSON.stringify(loadSecrets({ dataDir: ${JSON.stringify(dataDir)}, given: {}, names })))`
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    const outputs = await Promise.all(Array.from({ length: 5 }, run))
    expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1)
    expect(readdirSync(dataDir)).toEqual(['secrets.json'])
  })
})

describe('later starts', () => {
  test('read the same secrets', () => {
    const first = loadSecrets({ dataDir, given: {}, names })
    expect(loadSecrets({ dataDir, given: {}, names })).toEqual(first)
  })

  test('hand out only what is asked for', () => {
    expect(Object.keys(loadSecrets({ dataDir, given: {}, names: ['serviceSecret'] }))).toEqual([
      'serviceSecret',
    ])
  })

  test('let the environment win', () => {
    const { jwtSecretKey } = loadSecrets({ dataDir, given: { jwtSecretKey: 'mine' }, names })
    expect(jwtSecretKey).toBe('mine')
    expect(readFileSync(secretsPath(dataDir), 'utf8')).not.toContain('mine')
  })

  test('touch no disk when the environment gives all of them', () => {
    const given = { serviceSecret: 'from-outside' }
    expect(loadSecrets({ dataDir, given, names: ['serviceSecret'] })).toEqual(given)
    expect(existsSync(dataDir)).toBe(false)
  })
})

describe('a file that cannot be trusted', () => {
  test('because others can read it is refused, with the remedy', () => {
    loadSecrets({ dataDir, given: {}, names })
    chmodSync(secretsPath(dataDir), 0o644)
    expect(() => loadSecrets({ dataDir, given: {}, names })).toThrow(
      `chmod 600 ${secretsPath(dataDir)}`,
    )
  })

  test.each([
    ['empty', ''],
    ['not JSON', '{"jwtSecretKey": "q8'],
    ['incomplete', '{"jwtSecretKey": "hunter2hunter2hunter2hunter2hunter2"}'],
    ['a list', '[]'],
    ['too short', '{"serviceSecret": "hunter2", "jwtSecretKey": "hunter2"}'],
  ])('because it is %s is refused, kept, and not repeated', (_, content) => {
    loadSecrets({ dataDir, given: {}, names })
    writeFileSync(secretsPath(dataDir), content)
    expect(() => loadSecrets({ dataDir, given: {}, names })).toThrow(
      /^(?!.*hunter2).*damaged or incomplete.*backup/,
    )
    expect(readFileSync(secretsPath(dataDir), 'utf8')).toBe(content)
  })

  test('because the folder is a file is said', () => {
    writeFileSync(dataDir, '')
    expect(() => loadSecrets({ dataDir, given: {}, names })).toThrow(
      'check that this user may write',
    )
  })
})
