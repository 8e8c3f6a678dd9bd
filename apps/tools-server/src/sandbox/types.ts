import type { SandboxProfile } from './profile.ts'

/** How a run ended. */
export type ResultWord =
  | 'ok'
  | 'error'
  | 'timeout'
  | 'memory_limit'
  | 'output_limit'
  | 'resource_limit'
  | 'killed'
  | 'sandbox_setup_failed'

/** What one run may use. */
export interface SandboxLimits {
  /** Longest run, in milliseconds; a request may ask for less. */
  maxWallMs: number
  /** Where a request asks for nothing. */
  defaultWallMs: number
  /** Resident memory of all its processes together. */
  memoryBytes: number
  /** Per process; 0 is no limit. */
  addressSpaceBytes: number
  /** A single file. */
  fileBytes: number
  /** All files that leave the sandbox. */
  totalBytes: number
  files: number
  descriptors: number
  processes: number
  /** Files, folders and links that exist at once. */
  inodes: number
  /** Of stdout and stderr each: what is kept, and what ends the run. */
  keptOutputBytes: number
  outputBytes: number
}

/** A file of the workspace; `name` is a relative path that `isFileName` accepts. */
export interface SandboxFile {
  name: string
  bytes: Buffer
}

export interface SandboxRequest {
  /** Whose run it is, for the queue. */
  owner: string
  code: string
  /** Lie in the workspace when the code starts; a function is asked once it is the run's turn, so that waiting costs no memory. */
  files?: readonly SandboxFile[] | (() => Promise<readonly SandboxFile[]>)
  wallMs?: number
  /** Starts a sandbox of its own kind, which is never one of the warm ones. */
  profile?: SandboxProfile
  /** Calls this function after the code ran, or the only one that the code defines. */
  call?: { name: string; arguments: Readonly<Record<string, unknown>> }
}

/** One whose files are at hand. */
export type LoadedRequest = Omit<SandboxRequest, 'files'> & { files: readonly SandboxFile[] }

export interface SandboxOutcome {
  word: ResultWord
  stdout: string
  stderr: string
  /** `repr` of the code's last expression, where it has one and that is not None. */
  value?: string
  /** What the called function returned, as JSON. */
  json?: string
  /** A traceback of the user's own lines, or why the run was ended. */
  error?: { type: string; text: string }
  /** What is in the workspace at the end; undefined where the run was cut off before that could be read. */
  workspace?: {
    changed: SandboxFile[]
    /** Names of files of the request that are as they were. */
    same: string[]
    /** Links, odd names, too large or too many: not brought out. */
    dropped: string[]
  }
  notes: string[]
  /** Wall time and CPU time of the code, in milliseconds. */
  ms: number
  cpuMs: number
  /** The most memory seen. */
  memoryBytes: number
}

export interface SandboxFacts {
  driver: string
  python: string
  /** Modules beyond the standard library, with their versions. */
  packages: Readonly<Record<string, string>>
  limits: SandboxLimits
  /** What does not hold here, though the sandbox does: `no /proc`. */
  remarks: readonly string[]
}

export type SandboxStatus =
  ({ ok: true } & SandboxFacts) | { ok: false; reason: string; remedy: string }

/** The room where untrusted Python runs: throw-away sandboxes, a queue that is fair to users, warm spares. */
export interface Sandbox {
  status(): SandboxStatus
  /**
   * Runs the code in a sandbox of its own. Never throws for what the code does.
   * @throws AppError `rate_limit_exceeded` when the owner has too many runs waiting; what `files` throws; the signal's
   * reason when aborted
   */
  run(request: SandboxRequest, options: { signal: AbortSignal }): Promise<SandboxOutcome>
  /** Kills what runs and the warm spares. */
  close(): Promise<void>
}
