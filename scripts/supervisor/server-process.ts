import { type ChildProcess, spawn } from 'node:child_process'
import { openLogFile } from './log-file.ts'

export interface ServerSpec {
  /** As the user reads it: `main API`. */
  name: string
  script: string
  /** Before the script. */
  nodeArgs?: readonly string[]
  logPath: string
  cwd: string
  env: NodeJS.ProcessEnv
  /** Hears what the server says on a channel of its own, which no log keeps. */
  onMessage?: (message: unknown) => void
}

export interface ServerProcess {
  name: string
  logPath: string
  /** How it ended: `exit code 1`, `signal SIGKILL`. Never rejects. */
  exited: Promise<string>
  /** Asks it to end in order, and ends it after `graceMs` or when `killing` is aborted. */
  stop(options: { graceMs: number; killing: AbortSignal }): Promise<void>
  /** The last lines it logged; also after its end. */
  lastLines(count: number): string[]
}

/**
 * Runs a server in a process group of its own, so that Ctrl-C reaches us alone. It holds a pipe of ours as its stdin and
 * ends when that closes: not even a `kill -9` of this process leaves it behind.
 */
export function startServer(spec: ServerSpec): ServerProcess {
  const { name, script, nodeArgs = [], logPath, cwd, env, onMessage } = spec
  const log = openLogFile(logPath)
  const child = spawn(process.execPath, [...nodeArgs, script], {
    cwd,
    env: { ...env, TANDEM_SUPERVISED: '1' },
    stdio: ['pipe', log.descriptor, 'pipe', ...(onMessage ? (['ipc'] as const) : [])],
    detached: true,
  })
  child.stdin?.on('error', () => {})
  if (onMessage) child.on('message', onMessage)
  child.stderr?.on('data', (chunk: Buffer) => {
    log.append(chunk)
    process.stderr.write(chunk)
  })
  let tail: string[] | undefined
  const exited = untilExit(child).then((how) => {
    tail = log.lastLines(keptLines)
    log.close()
    return how
  })
  return {
    name,
    logPath,
    exited,
    lastLines: (count) => (tail ?? log.lastLines(count)).slice(-count),
    async stop({ graceMs, killing }) {
      child.kill('SIGTERM')
      const timeUp = AbortSignal.any([killing, AbortSignal.timeout(graceMs)])
      const kill = (): void => killGroup(child)
      if (timeUp.aborted) kill()
      timeUp.addEventListener('abort', kill)
      await exited
      timeUp.removeEventListener('abort', kill)
    },
  }
}

const keptLines = 50

async function untilExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`),
    )
  })
}

/** The group: what the server itself started goes with it. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself meanwhile.
  }
}
