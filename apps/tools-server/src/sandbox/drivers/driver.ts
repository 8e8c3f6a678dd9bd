import type { LaunchSpec } from '../process.ts'
import type { SandboxProfile } from '../profile.ts'
import type { PythonInstallation } from '../python-installation.ts'

/** One way of isolating a process. */
export interface SandboxDriver {
  name: string
  /** What it lacks beside the best form of itself. */
  remarks: readonly string[]
  /** @throws Error that says what is missing */
  spec(options: SpecOptions): LaunchSpec
}

export interface SpecOptions {
  /** Modules that are loaded beforehand. */
  preload: readonly string[]
  profile?: SandboxProfile | undefined
}

export interface DriverOptions {
  python: PythonInstallation
  supervisor: SupervisorFiles
  /** Names a program by its path, where it is installed. */
  findProgram: (name: string) => string | undefined
}

export interface SupervisorFiles {
  supervisor: Buffer
  runner: Buffer
}

export const identity = { uid: 1000, gid: 1000, hostname: 'sandbox' } as const

export const workspaceBytes = 128 * 2 ** 20
const temporaryBytes = 64 * 2 ** 20
export const temporaryFolders: readonly { path: string; bytes: number }[] = [
  { path: '/tmp', bytes: temporaryBytes },
  { path: '/workspace', bytes: workspaceBytes },
]
export const sharedMemoryBytes = temporaryBytes

export const environment: Readonly<Record<string, string>> = {
  PATH: '/usr/bin',
  HOME: '/workspace',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  TMPDIR: '/tmp',
  MPLBACKEND: 'Agg',
  MPLCONFIGDIR: '/tmp/mpl',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
}

/** Ours instead of the host's, so that no account and no name of the host shows. */
export const ownEtc: readonly { path: string; text: string }[] = [
  { path: '/etc/passwd', text: 'sandbox:x:1000:1000:sandbox:/workspace:/usr/sbin/nologin\n' },
  { path: '/etc/group', text: 'sandbox:x:1000:\n' },
  { path: '/etc/nsswitch.conf', text: 'passwd: files\ngroup: files\nhosts: files\n' },
  { path: '/etc/hosts', text: '127.0.0.1 localhost sandbox\n' },
]

/** Data that Python's libraries read; bound where it exists. */
export const sharedData: readonly string[] = [
  '/usr/share/zoneinfo',
  '/usr/share/fonts',
  '/usr/share/matplotlib',
  '/etc/matplotlibrc',
  '/etc/fonts',
  '/etc/ld.so.cache',
  '/etc/alternatives',
]

export function supervisorCommand(
  python: PythonInstallation,
  preload: readonly string[],
): string[] {
  return [python.executable, '-I', '-B', '-X', 'utf8', '/run/supervisor.py', ...preload]
}
