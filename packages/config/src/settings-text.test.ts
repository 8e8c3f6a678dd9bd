import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { describe, expect, test } from '@jest/globals'
import { loadConfig } from './load-config.ts'
import { settingsGroups } from './settings/index.ts'
import { envExample, settingsHelp } from './settings-text.ts'

const root = join(import.meta.dirname, '../../..')
const settings = settingsGroups.flatMap((group) => group.settings)
const documented = settings.filter(({ internal }) => !internal)

test('.env.example is what the settings say; scripts/write-env-example.ts writes it', () => {
  expect(readFileSync(join(root, '.env.example'), 'utf8')).toBe(envExample())
})

test('.env.example changes nothing until a line is uncommented, and then gives the defaults', () => {
  expect(parse(envExample())).toEqual({})
  const uncommented = parse(envExample().replaceAll(/^#(?=[A-Z])/gm, ''))
  expect(Object.keys(uncommented)).toEqual(documented.map(({ name }) => name))
  expect(loadConfig({ env: uncommented, cwd: '/nonexistent' })).toEqual(
    loadConfig({ env: {}, cwd: '/nonexistent' }),
  )
})

describe('--help', () => {
  test.each(documented)('explains $name', ({ name, doc }) => {
    expect(settingsHelp()).toContain(`\n  ${name}\n`)
    expect(doc).toMatch(/^[A-Zt].*\.$/)
  })

  test('keeps internal settings to itself and fits a terminal', () => {
    expect(settingsHelp()).not.toContain('TANDEM_SUPERVISED')
    expect(
      settingsHelp()
        .split('\n')
        .filter((line) => line.length > 100),
    ).toEqual([])
  })
})

test('no two settings share a name', () => {
  expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length)
})
