import { z } from 'zod'
import { environment, identity, sharedMemoryBytes, workspaceBytes } from './drivers/driver.ts'
import type { SandboxOutcome } from './types.ts'

/** What the self-test's program saw and could do inside. */
const factsSchema = z.object({
  uid: z.number(),
  gid: z.number(),
  groups: z.array(z.number()),
  parent: z.number(),
  hostname: z.string(),
  environment: z.array(z.string()),
  root: z.array(z.string()),
  processes: z.array(z.number()),
  supervisorEnvironment: z.string(),
  supervisorMemory: z.string(),
  oomScore: z.string(),
  inet: z.string(),
  vsock: z.string(),
  unshare: z.string(),
  ptrace: z.string(),
  sharedMemory: z.string(),
  mount: z.string(),
  interfaces: z.array(z.string()),
  seccomp: z.string().nullable(),
  capabilities: z.string().nullable(),
  noNewPrivileges: z.string().nullable(),
  writeRoot: z.string(),
  writeLibrary: z.string(),
  writeDevices: z.string(),
  devices: z.array(z.string()),
  sizes: z.record(z.string(), z.number()),
  descriptors: z.array(z.number()),
  packages: z.record(z.string(), z.string()),
})
type Facts = z.output<typeof factsSchema>

/** It starts, but its walls do not stand. */
export class Leak extends Error {
  override readonly name = 'Leak'
}

export interface SelfTestRules {
  /** gVisor's own kernel stands for seccomp, and shows that differently. */
  ownKernel: boolean
  hasProc: boolean
}

/** The modules that can be imported. @throws Leak that names everything that does not hold */
export function judge(outcome: SandboxOutcome, rules: SelfTestRules): Record<string, string> {
  if (outcome.word !== 'ok') {
    throw new Error(`its first program ended with ${outcome.word}: ${outcome.error?.text ?? ''}`)
  }
  const facts = factsSchema.parse(JSON.parse(outcome.stdout))
  const failed = [
    ...always(facts),
    ...(rules.hasProc ? ofProc(facts) : []),
    ...ofCalls(facts, rules),
  ]
    .filter(([, holds]) => !holds)
    .map(([name]) => name)
  if (failed.length > 0) throw new Leak(`it does not isolate: ${failed.join(', ')}`)
  return facts.packages
}

type Check = readonly [name: string, holds: boolean]

const rootFolders = new Set(
  'dev etc home lib lib64 opt proc root run tmp usr var workspace sys'.split(' '),
)
const deviceNames = new Set(
  'full null ptmx pts random shm stdin stdout stderr fd tty urandom zero'.split(' '),
)
/** Python sets the last one itself. */
const variables = new Set([...Object.keys(environment), 'PWD', 'LC_CTYPE'])

function always(facts: Facts): Check[] {
  const { sizes } = facts
  return [
    ['another user', facts.uid === identity.uid && facts.gid === identity.gid],
    ['no groups', facts.groups.length === 0],
    ['process 1 is the supervisor', facts.parent === 1],
    ['a host name of its own', facts.hostname === identity.hostname],
    ['an empty environment', facts.environment.every((name) => variables.has(name))],
    ['a root of its own', facts.root.every((name) => rootFolders.has(name))],
    ['a read-only root', facts.writeRoot !== 'done' && facts.writeLibrary !== 'done'],
    ['a small /dev', facts.devices.every((name) => deviceNames.has(name))],
    ['a bounded /dev/shm', isBounded(sizes['/dev/shm'], sharedMemoryBytes)],
    ['a bounded /tmp', isBounded(sizes['/tmp'], sharedMemoryBytes)],
    ['a bounded workspace', isBounded(sizes['/workspace'], workspaceBytes)],
    ['no descriptors of the host', facts.descriptors.length === 0],
  ]
}

function ofProc(facts: Facts): Check[] {
  return [
    ['only its own processes', facts.processes.every((id) => id < 100)],
    ['no view of process 1', facts.supervisorEnvironment !== 'done'],
    ['no hand on process 1', facts.supervisorMemory !== 'done'],
    ['no network interfaces', facts.interfaces.every((name) => name === 'lo')],
    ['no new privileges', facts.noNewPrivileges === '1'],
    ['no capabilities', /^0+$/.test(facts.capabilities ?? '')],
  ]
}

function ofCalls(facts: Facts, { ownKernel, hasProc }: SelfTestRules): Check[] {
  if (ownKernel) return [['no vsock', facts.vsock !== 'done']]
  return [
    ['no network', facts.inet === 'ENETUNREACH'],
    ['no vsock', facts.vsock === 'EAFNOSUPPORT'],
    ['no user namespaces', facts.unshare === 'EPERM'],
    ['no ptrace', facts.ptrace === 'EPERM'],
    ['no shared memory of System V', facts.sharedMemory === 'EPERM'],
    ['no mounts', facts.mount === 'EPERM'],
    ['a bounded /dev', isBounded(facts.sizes['/dev'], 2 ** 20) && facts.writeDevices !== 'done'],
    ['seccomp', !hasProc || facts.seccomp === '2'],
    ['a fixed place with the OOM killer', !hasProc || facts.oomScore !== 'done'],
  ]
}

function isBounded(bytes: number | undefined, max: number): boolean {
  return bytes !== undefined && bytes > 0 && bytes <= max
}
