import { expect } from '@jest/globals'
import { findProblems } from './program.ts'
import { hostilePrograms } from './hostile-programs.ts'
import { withSandbox } from './sandbox-server.ts'
import { test } from './sandbox-test.ts'

const { server } = withSandbox()

test('there are enough of them', () => {
  expect(hostilePrograms.length).toBeGreaterThanOrEqual(60)
})

test.each(hostilePrograms)(
  '$name',
  async (program) => {
    expect(await findProblems(server(), program)).toEqual([])
  },
  60_000,
)
