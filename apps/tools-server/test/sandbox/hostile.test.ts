import { readdirSync, readFileSync } from 'node:fs'
import { expect } from '@jest/globals'
import { findProblems } from './program.ts'
import { quickPrograms } from './hostile-programs.ts'
import { withSandbox } from './sandbox-server.ts'
import { test } from './sandbox-test.ts'

const { server } = withSandbox()

test.each(quickPrograms)(
  '$name',
  async (program) => {
    expect(await findProblems(server(), program)).toEqual([])
  },
  60_000,
)

test('no process of theirs is left', () => {
  const left = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && commandOf(name).includes('987654'),
  )
  expect(left).toEqual([])
})

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
