/** Runs a server of ours as a real process, on the node that runs the tests. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { baseEnv } from './base-env.ts'
import { orFail, startChild, waitForLine, type Child } from './child.ts'

export interface SpawnServerOptions {
  /** The path of a .ts or .js file. */
  script: string
  args?: readonly string[]
  /** Options of node itself, as `--import`. */
  nodeArgs?: readonly string[]
  /** All that it sees beside `baseEnv`: the developer's own settings stay out. */
  env?: Record<string, string>
  cwd?: string
  /**
   * Tells from a line of stdout or stderr that the server is ready (a string is its URL), or is itself a URL that is
   * asked until it answers 2xx.
   */
  readyWhen: ((line: string) => boolean | string) | string
  /** How long it may take to be ready; 15 s. */
  timeoutMs?: number
}

export interface SpawnedServer {
  process: ChildProcess
  /** The URL that the ready line gave, or that was polled. */
  url?: string
  /** Resolves with the exit code when it ends, whoever ended it. */
  exited: Promise<number>
  stdout(): string
  stderr(): string
  /** Sends the signal (SIGTERM; SIGKILL after 30 s) and resolves with the exit code, 128 + n for signal n. */
  stop(signal?: NodeJS.Signals): Promise<number>
}

/** Throws, with what the process wrote, where it ends or the time is up before it is ready. */
export async function spawnServer(options: SpawnServerOptions): Promise<SpawnedServer> {
  const child = await startChild({
    command: process.execPath,
    args: [...(options.nodeArgs ?? []), options.script, ...(options.args ?? [])],
    env: { ...baseEnv(), ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  })
  const url = await waitUntilReady(child, options.readyWhen, options.timeoutMs ?? 15_000)
  return {
    process: child.process,
    ...(url !== undefined && { url }),
    exited: child.exited,
    stdout: () => child.stdout(),
    stderr: () => child.stderr(),
    stop: (signal) => child.stop(signal),
  }
}

async function waitUntilReady(
  child: Child,
  readyWhen: SpawnServerOptions['readyWhen'],
  timeoutMs: number,
): Promise<string | undefined> {
  if (typeof readyWhen === 'string') {
    await orFail<void>(child, timeoutMs, (resolve) => void poll(child, readyWhen).then(resolve))
    return readyWhen
  }
  const found = await waitForLine(child, (line) => readyWhen(line) || undefined, timeoutMs)
  return typeof found === 'string' ? found : undefined
}

async function poll(child: Child, url: string): Promise<void> {
  while (child.process.exitCode === null && child.process.signalCode === null) {
    const response = await fetch(url).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok) return
    await sleep(25)
  }
  // The process has ended: whoever waits is told so by its exit.
  await new Promise(() => {})
}
