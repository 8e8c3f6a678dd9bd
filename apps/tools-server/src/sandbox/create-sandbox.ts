import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { DriverOptions, SandboxDriver } from './drivers/driver.ts'
import { createBubblewrapDriver } from './drivers/bubblewrap.ts'
import { createGvisorDriver } from './drivers/gvisor.ts'
import { createFairQueue } from './fair-queue.ts'
import { defaultLimits } from './limits.ts'
import { createMemoryWatch } from './memory-watch.ts'
import { messageOf, noSandbox, setupFailed } from './no-sandbox.ts'
import { createPools, untilReady } from './pools.ts'
import { launch, type LaunchSpec, type SandboxProcess } from './process.ts'
import type { SandboxProfile } from './profile.ts'
import { findProgram as findOnPath } from './programs.ts'
import { inspectPython } from './python-installation.ts'
import { runIn } from './run.ts'
import { judge, Leak } from './self-test.ts'
import type {
  LoadedRequest,
  Sandbox,
  SandboxFacts,
  SandboxLimits,
  SandboxOutcome,
  SandboxStatus,
} from './types.ts'

export type DriverChoice = 'auto' | 'bubblewrap' | 'gvisor' | 'none'

export interface CreateSandboxOptions {
  driver?: DriverChoice
  /** The interpreter on the host. */
  python?: string
  limits?: Partial<SandboxLimits>
  /** How many run at once; one user never holds all of them. */
  slots?: number
  /** How many warm sandboxes wait; 0 starts each one when it is needed. */
  poolSize?: number
  /** Whether one of them has numpy, pandas and matplotlib loaded. */
  preload?: boolean
  maxWaiting?: number
  /** Changes how sandboxes are started: for tests of the tests. */
  adjust?: (spec: LaunchSpec) => LaunchSpec
  selfTest?: boolean
}

const dataModules = ['numpy', 'pandas', 'matplotlib.pyplot']
const supervisorFolder = join(import.meta.dirname, 'supervisor')

/** Tries each driver with the self-test and takes the first that isolates. Without one, every run is refused. */
export async function createSandbox(options: CreateSandboxOptions = {}): Promise<Sandbox> {
  const { driver = 'auto' } = options
  const limits = { ...defaultLimits, ...options.limits }
  if (driver === 'none') return noSandbox('The sandbox is turned off (SANDBOX_DRIVER=none).')
  try {
    return await firstThatHolds(await candidates(options, driver), { ...options, limits })
  } catch (error) {
    return noSandbox(`No sandbox works here. ${messageOf(error)}`)
  }
}

/** @throws Error that says why each of them does not */
async function firstThatHolds(
  all: readonly Candidate[],
  options: CreateSandboxOptions & { limits: SandboxLimits },
): Promise<Sandbox> {
  const { limits, selfTest = true } = options
  const reasons = new Set<string>()
  const leaky = new Set<string>()
  for (const candidate of all) {
    // A driver that starts but does not isolate gets no second chance in a lesser form.
    if (leaky.has(candidate.name)) continue
    const start = starter(candidate, options)
    try {
      const packages = selfTest ? await test(candidate, { start, limits }) : {}
      const { name: driver, python, remarks } = candidate
      return open({ driver, python, packages, limits, remarks }, { ...options, start })
    } catch (error) {
      if (error instanceof Leak) leaky.add(candidate.name)
      reasons.add(`${candidate.name}: ${messageOf(error)}`)
    }
  }
  throw new Error([...reasons].join('; '))
}

type Start = (preload?: readonly string[], profile?: SandboxProfile) => SandboxProcess
type Candidate = SandboxDriver & { python: string; hasProc: boolean; ownKernel: boolean }

async function candidates(
  options: CreateSandboxOptions,
  choice: DriverChoice,
): Promise<Candidate[]> {
  if (process.platform !== 'linux') throw new Error(`there is no driver for ${process.platform}`)
  const shared: DriverOptions = {
    python: await inspectPython(options.python ?? '/usr/bin/python3'),
    supervisor: {
      supervisor: await readFile(join(supervisorFolder, 'supervisor.py')),
      runner: await readFile(join(supervisorFolder, 'runner.py')),
    },
    findProgram: findOnPath,
  }
  const bubblewrap = (proc: boolean): Candidate => ({
    ...createBubblewrapDriver({ ...shared, proc }),
    python: shared.python.version,
    hasProc: proc,
    ownKernel: false,
  })
  const gvisor: Candidate = {
    ...createGvisorDriver(shared),
    python: shared.python.version,
    hasProc: true,
    ownKernel: true,
  }
  return [
    ...(choice === 'gvisor' ? [] : [bubblewrap(true), bubblewrap(false)]),
    ...(choice === 'bubblewrap' ? [] : [gvisor]),
  ]
}

function starter(driver: SandboxDriver, { adjust = (spec) => spec }: CreateSandboxOptions): Start {
  return (preload = [], profile) => launch(adjust(driver.spec({ preload, profile })))
}

async function test(
  candidate: Candidate,
  { start, limits }: { start: Start; limits: SandboxLimits },
): Promise<Record<string, string>> {
  const code = await readFile(join(supervisorFolder, 'self-test.py'), 'utf8')
  const sandbox = start()
  await sandbox.ready
  const watch = createMemoryWatch({ limitBytes: limits.memoryBytes, floorBytes: 0 })
  const { signal } = new AbortController()
  const outcome = await runIn(sandbox, { owner: '', code, files: [] }, { limits, watch, signal })
  return judge(outcome, candidate)
}

function open(facts: SandboxFacts, options: CreateSandboxOptions & { start: Start }): Sandbox {
  const { start, poolSize = 3, preload = true, maxWaiting = 256 } = options
  const slots = options.slots ?? Math.max(2, Math.min(cpus().length, 8))
  const queue = createFairQueue({ slots, perOwner: Math.max(1, slots - 1), maxWaiting })
  const modules = dataModules.filter((name) => (name.split('.')[0] ?? '') in facts.packages)
  const pools = createPools({
    start,
    size: poolSize,
    modules: preload ? modules : [],
    isBusy: () => queue.running() > 0,
  })
  const watch = createMemoryWatch({
    limitBytes: facts.limits.memoryBytes,
    floorBytes: 256 * 2 ** 20,
  })
  const status: SandboxStatus = { ok: true, ...facts }
  pools.refill()

  return {
    status: () => status,
    close: () => pools.close(),
    async run(request, { signal }) {
      const release = await queue.acquire(request.owner, signal)
      try {
        const { files = [] } = request
        const loaded = typeof files === 'function' ? await files() : files
        return await runLoaded({ ...request, files: loaded }, signal)
      } finally {
        release()
        pools.refill()
      }
    },
  }

  async function runLoaded(request: LoadedRequest, signal: AbortSignal): Promise<SandboxOutcome> {
    try {
      const { profile, code } = request
      const sandbox = profile
        ? await started(start([], profile), signal)
        : await pools.obtain(code, signal)
      const limits = { ...facts.limits, ...profile?.limits }
      return await pools.using(sandbox, () => runIn(sandbox, request, { limits, watch, signal }))
    } catch (error) {
      signal.throwIfAborted()
      return setupFailed(error)
    }
  }
}

async function started(sandbox: SandboxProcess, signal: AbortSignal): Promise<SandboxProcess> {
  await untilReady(sandbox, signal)
  return sandbox
}
