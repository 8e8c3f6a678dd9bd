import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { LaunchSpec } from '../process.ts'
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
} from './driver.ts'

/**
 * A kernel of its own for each sandbox: https://gvisor.dev. Always `runsc run` with an OCI bundle, never `runsc do`, which
 * shows the host's files.
 */
export function createGvisorDriver(options: DriverOptions): SandboxDriver {
  return {
    name: 'gvisor',
    remarks: [],
    spec({ preload, profile }) {
      if (profile) throw new Error('gVisor lets no socket of the host in: use bubblewrap for this')
      return toSpec(options, preload)
    },
  }
}

function toSpec(options: DriverOptions, preload: readonly string[]): LaunchSpec {
  const runsc = options.findProgram('runsc')
  if (runsc === undefined) throw new Error('gVisor (runsc) is not installed')
  const bundle = mkdtempSync(join(tmpdir(), 'tandem-sandbox-'))
  const id = bundle.slice(bundle.lastIndexOf('-') + 1)
  layOut(bundle, options)
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(toBundle(options, bundle, preload)))
  const isRoot = process.getuid?.() === 0
  return {
    command: runsc,
    args: [
      '--root',
      join(bundle, 'state'),
      '--network=none',
      '--ignore-cgroups',
      '--host-uds=none',
      ...(isRoot ? [] : ['--rootless']),
      'run',
      '--bundle',
      bundle,
      '--pass-fd=3:3',
      '--pass-fd=4:4',
      `tandem-${id}`,
    ],
    env: { PATH: '/usr/bin:/bin' },
    feeds: [],
    cleanup: () => rmSync(bundle, { recursive: true, force: true }),
  }
}

/** The root folder is empty but for our own few files; all else is mounted. */
function layOut(bundle: string, { supervisor }: DriverOptions): void {
  const files = [
    ...ownEtc.map(({ path, text }) => ({ path, bytes: Buffer.from(text) })),
    { path: '/run/supervisor.py', bytes: supervisor.supervisor },
    { path: '/run/runner.py', bytes: supervisor.runner },
  ]
  for (const { path, bytes } of files) {
    const place = join(bundle, 'root', path)
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, bytes, { mode: 0o644 })
  }
}

function toBundle(
  { python }: DriverOptions,
  bundle: string,
  preload: readonly string[],
): Record<string, unknown> {
  const shown = ['/usr/lib', '/usr/lib64', ...sharedData, ...python.folders, python.executable]
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: identity.uid, gid: identity.gid },
      args: supervisorCommand(python, preload),
      env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      cwd: '/workspace',
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
      noNewPrivileges: true,
    },
    root: { path: join(bundle, 'root'), readonly: true },
    hostname: identity.hostname,
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'size=65536'] },
      ...shown.filter((path) => existsSync(path)).map(toReadOnlyMount),
      ...['/lib', '/lib64'].filter((path) => existsSync(path)).map(toReadOnlyMount),
      ...[...temporaryFolders, { path: '/dev/shm', bytes: sharedMemoryBytes }].map(toTmpfs),
    ],
    linux: {
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'network'].map((type) => ({ type })),
    },
  }
}

function toReadOnlyMount(path: string) {
  return {
    destination: path,
    type: 'bind',
    source: path,
    options: ['rbind', 'ro', 'nosuid', 'nodev'],
  }
}

function toTmpfs({ path, bytes }: { path: string; bytes: number }) {
  const options = ['nosuid', 'nodev', 'mode=1777', `size=${bytes}`]
  return { destination: path, type: 'tmpfs', source: 'tmpfs', options }
}
