import { afterEach, expect } from '@jest/globals'
import { createSandbox } from '../../src/sandbox/create-sandbox.ts'
import type { LaunchSpec } from '../../src/sandbox/process.ts'
import type { Sandbox } from '../../src/sandbox/types.ts'
import { startServer } from '../start-server.ts'
import { findProblems } from './program.ts'
import { quickPrograms } from './hostile-programs.ts'
import { testLimits } from './sandbox-server.ts'
import { test } from './sandbox-test.ts'

const open: Sandbox[] = []
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close()
})

interface Weakening {
  name: string
  weaken: (spec: LaunchSpec) => LaunchSpec
  /** The groups of programs that must notice. */
  noticed: RegExp
}

const weakenings: Weakening[] = [
  {
    name: 'no seccomp',
    weaken: without('--seccomp', 1),
    noticed: /^(calls|network: sockets|memory: a file)/,
  },
  { name: 'shared network', weaken: without('--unshare-net', 0), noticed: /^network: interfaces/ },
  { name: 'no --as-pid-1', weaken: without('--as-pid-1', 0), noticed: /^proc: the supervisor/ },
  { name: 'inherited environment', weaken: inheritEnvironment, noticed: /^environment: nothing/ },
  { name: 'unsized tmpfs', weaken: without('--size', 1), noticed: /^disk: fills \/(dev\/shm|tmp)/ },
  { name: 'shared processes', weaken: without('--unshare-pid', 0), noticed: /^proc: other/ },
  { name: 'a writable root', weaken: writableRoot, noticed: /^disk: fills the root/ },
]

/** The suite has power: programs that the sandbox stops get through where one of its walls is missing. */
test.each(weakenings)(
  'the suite notices: $name',
  async ({ weaken, noticed }) => {
    const sandbox = await start(weaken, { selfTest: false })
    const server = await startServer({ sandbox })
    const problems: string[] = []
    for (const program of quickPrograms.filter(({ name }) => noticed.test(name))) {
      problems.push(...(await findProblems(server, { ...program, timeout: 5 })))
      if (problems.length > 0) break
    }
    expect(problems).not.toEqual([])
  },
  60_000,
)

/** And such a sandbox is never used: the self-test at the start refuses it. */
test.each(weakenings)('the self-test refuses: $name', async ({ weaken }) => {
  const sandbox = await start(weaken, { selfTest: true })
  expect(sandbox.status()).toMatchObject({ ok: false })
  const server = await startServer({ sandbox })
  const result = await server.result('python_coder', { code: 'print(1)' })
  expect(result.error).toEqual({ code: 'sandbox_unavailable', retryable: false })
  expect(result.content).toContain('bubblewrap')
})

async function start(
  adjust: (spec: LaunchSpec) => LaunchSpec,
  { selfTest }: { selfTest: boolean },
): Promise<Sandbox> {
  const sandbox = await createSandbox({
    driver: 'bubblewrap',
    limits: testLimits,
    poolSize: 0,
    adjust,
    selfTest,
  })
  open.push(sandbox)
  return sandbox
}

/** Takes an option of bubblewrap away, with so many values. */
function without(option: string, values: number) {
  return (spec: LaunchSpec): LaunchSpec => {
    const args: string[] = []
    for (let index = 0; index < spec.args.length; index += 1) {
      const argument = spec.args[index]
      if (argument === option) index += values
      else if (argument !== undefined) args.push(argument)
    }
    return { ...spec, args }
  }
}

function inheritEnvironment(spec: LaunchSpec): LaunchSpec {
  const open = without('--clearenv', 0)(spec)
  return { ...open, env: { PATH: '/usr/bin', SERVICE_CANARY: 'CANARY' } }
}

function writableRoot(spec: LaunchSpec): LaunchSpec {
  const index = spec.args.lastIndexOf('/')
  return { ...spec, args: spec.args.toSpliced(index - 1, 2) }
}
