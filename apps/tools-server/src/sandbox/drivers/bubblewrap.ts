import { existsSync } from 'node:fs'
import { firstFeed, type LaunchSpec } from '../process.ts'
import { seccompProgram } from '../seccomp/policy.ts'
import {
  environment,
  identity,
  ownEtc,
  sharedData,
  sharedMemoryBytes,
  supervisorCommand,
  temporaryFolders,
  type DriverOptions,
  type SandboxDriver,
  type SpecOptions,
} from './driver.ts'

/** Root on the host becomes this user before bubblewrap starts. */
const nobody = { uid: 65_534, gid: 65_534 }
const statusDescriptor = 5
const deviceBytes = 65_536
const devices = ['null', 'zero', 'full', 'random', 'urandom']

/** What of /proc speaks of the host, or of its kernel. */
const maskedFiles = [
  'cmdline',
  'config.gz',
  'diskstats',
  'kallsyms',
  'kcore',
  'key-users',
  'keys',
  'kmsg',
  'kpagecgroup',
  'kpagecount',
  'kpageflags',
  'latency_stats',
  'modules',
  'partitions',
  'sched_debug',
  'slabinfo',
  'swaps',
  'sysrq-trigger',
  'timer_list',
  'timer_stats',
  'vmallocinfo',
]
const maskedFolders = [
  'acpi',
  'asound',
  'bus',
  'driver',
  'dynamic_debug',
  'fs',
  'irq',
  'scsi',
  'sys',
  'tty',
]

export interface BubblewrapOptions extends DriverOptions {
  /** Where a container allows no new /proc, the sandbox has none. */
  proc: boolean
}

/** Namespaces, an empty root and our own seccomp filter, by https://github.com/containers/bubblewrap (0.8 or newer). */
export function createBubblewrapDriver(options: BubblewrapOptions): SandboxDriver {
  return {
    name: 'bubblewrap',
    remarks: options.proc ? [] : ['no /proc'],
    spec: (asked) => toSpec(options, asked),
  }
}

function toSpec(options: BubblewrapOptions, { preload, profile }: SpecOptions): LaunchSpec {
  const { python, supervisor, findProgram } = options
  const bubblewrap = findProgram('bwrap')
  if (bubblewrap === undefined) throw new Error('bubblewrap (bwrap) is not installed')
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    throw new Error(`there is no system call filter for ${process.arch}`)
  }
  const feeds: Buffer[] = []
  const feed = (bytes: Buffer): string => String(firstFeed + feeds.push(bytes) - 1)
  const args = [
    ...isolation,
    ...setenv({ ...environment, ...profile?.environment }),
    ...readOnlySystem(python.executable, python.folders),
    ...(profile?.binds ?? []).flatMap(({ from, to }) => ['--ro-bind', from, to]),
    ...ownEtc.flatMap(({ path, text }) => ['--ro-bind-data', feed(Buffer.from(text)), path]),
    '--ro-bind-data',
    feed(supervisor.supervisor),
    '/run/supervisor.py',
    '--ro-bind-data',
    feed(supervisor.runner),
    '/run/runner.py',
    ...(options.proc ? proc() : []),
    ...dev(),
    ...temporaryFolders.flatMap(({ path, bytes }) => tmpfs(path, bytes)),
    '--remount-ro',
    '/',
    '--chdir',
    '/workspace',
    '--seccomp',
    feed(seccompProgram(process.arch)),
    '--json-status-fd',
    String(statusDescriptor),
    '--',
    ...supervisorCommand(python, preload),
  ]
  return {
    ...withChoom(findProgram('choom'), [bubblewrap, ...args]),
    env: {},
    reportsChild: true,
    feeds,
    ...(process.getuid?.() === 0 ? { user: nobody } : {}),
  }
}

/**
 * Without `--die-with-parent`: a bubblewrap that is killed while it starts leaves its child waiting for ever. Instead the
 * supervisor ends when the server's end of its request channel closes, which is so at every moment of its life, and asks
 * for bubblewrap's death itself once it runs.
 */
const isolation = [
  '--unshare-user',
  '--unshare-pid',
  '--unshare-net',
  '--unshare-ipc',
  '--unshare-uts',
  '--unshare-cgroup-try',
  '--disable-userns',
  '--uid',
  String(identity.uid),
  '--gid',
  String(identity.gid),
  '--hostname',
  identity.hostname,
  '--new-session',
  '--as-pid-1',
  '--cap-drop',
  'ALL',
  '--clearenv',
]

function setenv(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value])
}

function readOnlySystem(python: string, folders: readonly string[]): string[] {
  return [
    '--ro-bind',
    '/usr/lib',
    '/usr/lib',
    '--ro-bind-try',
    '/usr/lib64',
    '/usr/lib64',
    '--symlink',
    'usr/lib',
    '/lib',
    '--symlink',
    'usr/lib64',
    '/lib64',
    ...[...sharedData, ...folders].flatMap((path) => ['--ro-bind-try', path, path]),
    '--ro-bind',
    python,
    python,
  ]
}

function proc(): string[] {
  const files = maskedFiles.map((name) => `/proc/${name}`).filter((path) => existsSync(path))
  const folders = maskedFolders.map((name) => `/proc/${name}`).filter((path) => existsSync(path))
  return [
    '--proc',
    '/proc',
    ...files.flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ...folders.flatMap((path) => [...tmpfs(path, 4096), '--remount-ro', path]),
    '--remount-ro',
    '/proc',
  ]
}

function dev(): string[] {
  return [
    ...tmpfs('/dev', deviceBytes),
    ...devices.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
    ...tmpfs('/dev/shm', sharedMemoryBytes),
    '--remount-ro',
    '/dev',
  ]
}

function tmpfs(path: string, bytes: number): string[] {
  return ['--size', String(bytes), '--tmpfs', path]
}

/** When the host runs out of memory, its kernel ends sandboxes first. */
function withChoom(choom: string | undefined, command: readonly string[]) {
  const [first = '', ...rest] = command
  if (choom === undefined) return { command: first, args: rest }
  return { command: choom, args: ['-n', '1000', '--', ...command] }
}
