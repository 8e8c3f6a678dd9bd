import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { makeTempDir, type TempDir } from '@tandem/testing'
import { checkImports } from './check.ts'

let folder: TempDir
beforeEach(async () => {
  folder = await makeTempDir()
})
afterEach(() => folder.remove())

function write(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder.path, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

function check(file: string, text: string): string[] {
  write({ [file]: text })
  return checkImports(folder.path)
}

describe('allowed', () => {
  test.each([
    ['packages/http/src/a.ts', "import express from 'express'"],
    ['packages/http/src/a.ts', "import { AppError } from '@tandem/schemas'"],
    ['packages/agents/src/a.ts', "import type { Tool } from '@tandem/tools'"],
    ['packages/schemas/src/a.ts', "import { z } from 'zod'"],
    ['packages/schemas/src/a.ts', "import { inspect } from 'node:util'"],
    ['packages/config/src/a.ts', 'process.env.HOME'],
    ['packages/config/src/b.ts', "import { a } from './deep/a.ts'"],
    ['packages/providers/src/a.test.ts', "import { x } from '@tandem/testing'\nprocess.env.HOME"],
    ['apps/api-server/test/a.ts', "import { x } from '@tandem/testing'"],
    [
      'apps/api-server/src/a.ts',
      "import express from 'express'\nimport { x } from '@tandem/config'",
    ],
    ['apps/api-server/src/a/b.ts', "export { x } from '../c.ts'"],
    ['scripts/a.ts', "import { x } from '@tandem/config'\nprocess.env"],
    ['scripts/bench/a.ts', "import { x } from '../b.ts'"],
    ['scripts/bench/peers/a.ts', "import express from 'express'"],
    ['packages/http/node_modules/x/a.ts', "import x from '@tandem/providers'"],
    [
      'packages/http/src/a.ts',
      "// import { x } from '@tandem/providers'\n/*\nimport 'express/no' process.env */",
    ],
    [
      'packages/tools/src/a.ts',
      "const url = 'http://x' // process.env\nconst text = '// no comment'",
    ],
  ])('%s: %s', (file, text) => {
    expect(check(file, text)).toEqual([])
  })
})

describe('refused', () => {
  test.each([
    [
      'packages/schemas/src/a.ts',
      "import { x } from '@tandem/config'",
      'schemas may not import config',
    ],
    [
      'packages/schemas/src/a.ts',
      "import { readFile } from 'node:fs/promises'",
      'may not import node:fs/promises',
    ],
    [
      'packages/schemas/src/a.ts',
      "import { request } from 'undici'",
      'schemas may not import undici',
    ],
    ['packages/config/src/a.ts', "import { x } from '@tandem/http'", 'it may import schemas'],
    [
      'packages/providers/src/a.ts',
      "import type { X } from '@tandem/tools'",
      'providers may not import tools',
    ],
    [
      'packages/providers/src/a.ts',
      "export { x } from '@tandem/agents'",
      'providers may not import agents',
    ],
    [
      'packages/providers/src/a.ts',
      "const x = await import('@tandem/db')",
      'providers may not import db',
    ],
    ['packages/providers/src/a.ts', "import '@tandem/http'", 'providers may not import http'],
    ['packages/agents/src/a.ts', "import { x } from '@tandem/db'", 'agents may not import db'],
    ['packages/agents/src/a.ts', "import { x } from 'fs'", 'agents may not import fs'],
    ['packages/agents/src/a.ts', "import express from 'express'", 'express is known to apps'],
    ['scripts/a.ts', "import express from 'express'", 'express is known to apps'],
    ['packages/http/src/a.ts', "import { x } from '@tandem/testing'", 'for tests alone'],
    ['apps/api-server/src/a.ts', "import { x } from '@tandem/testing'", 'for tests alone'],
    [
      'apps/api-server/src/a.ts',
      "import { x } from '@tandem/schemas/src/errors.ts'",
      'past the entrance',
    ],
    [
      'apps/api-server/src/a.ts',
      "import { x } from '../../../packages/http/src/a.ts'",
      'leaves apps/api-server',
    ],
    [
      'apps/api-server/src/a.ts',
      "import { x } from '../../tools-server/src/a.ts'",
      'leaves apps/api-server',
    ],
    [
      'apps/api-server/src/a.ts',
      "import { x } from '@tandem/tools-server'",
      'no package of the import table',
    ],
    [
      'packages/http/src/a.ts',
      "import { x } from '../../schemas/src/index.ts'",
      'leaves packages/http',
    ],
    ['packages/http/src/a.ts', "import { x } from '@tandem/http'", 'imports itself'],
    ['scripts/a.ts', "import { x } from '../apps/api-server/src/app.ts'", 'leaves scripts'],
    ['apps/api-server/src/a.ts', 'process.env.HOME', 'only packages/config'],
    ['packages/http/src/a.ts', "const { HOME } = process['env']", 'only packages/config'],
    ['packages/http/src/a.ts', "import { env } from 'node:process'", 'only packages/config'],
  ])('%s: %s', (file, text, expected) => {
    expect(check(file, text)).toEqual([
      expect.stringMatching(new RegExp(`^${file}:1: .*${expected}`)),
    ])
  })

  test('imports over several lines, with the line of the name', () => {
    const text = "/** A\n * comment. */\nimport {\n  a,\n  b,\n} from '@tandem/db'\n"
    expect(check('packages/http/src/a.ts', text)).toEqual([
      expect.stringMatching(/a\.ts:6: http may not import db/),
    ])
  })
})

describe('cycles', () => {
  test('of any length are found once, also of types', () => {
    write({
      'packages/http/src/a.ts': "\nimport { b } from './b.ts'",
      'packages/http/src/b.ts': "import type { C } from './deep/c.ts'",
      'packages/http/src/deep/c.ts': "export { a } from '../a.ts'",
      'packages/http/src/d.ts': "import { a } from './a.ts'\nimport { b } from './b.ts'",
    })
    expect(checkImports(folder.path)).toEqual([
      'packages/http/src/a.ts:2: import cycle: packages/http/src/a.ts -> packages/http/src/b.ts -> packages/http/src/deep/c.ts -> packages/http/src/a.ts',
    ])
  })

  test('a file that imports itself is one', () => {
    expect(check('scripts/a.ts', "import { a } from './a.ts'")).toHaveLength(1)
  })

  test('a diamond is none', () => {
    write({
      'scripts/a.ts': "import './b.ts'\nimport './c.ts'",
      'scripts/b.ts': "import './d.ts'",
      'scripts/c.ts': "import './d.ts'",
      'scripts/d.ts': '',
    })
    expect(checkImports(folder.path)).toEqual([])
  })
})

describe('as a command', () => {
  const script = join(import.meta.dirname, '../check-imports.ts')
  const run = () => spawnSync(process.execPath, [script, folder.path], { encoding: 'utf8' })

  test('prints each violation and fails', () => {
    write({ 'packages/http/src/a.ts': "import '@tandem/db'\nprocess.env" })
    const { status, stderr } = run()
    expect(status).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(2)
  })

  test('is silent when all is well', () => {
    write({ 'packages/http/src/a.ts': "import '@tandem/schemas'" })
    expect(run()).toMatchObject({ status: 0, stderr: '', stdout: '' })
  })
})
