/** A real child process: what it wrote, line by line, and how it ended. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export interface ChildOptions {
  command: string
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
}

export interface Child {
  process: ChildProcess
  /** Resolves with the exit code, as a shell counts it: 128 and the number of the signal that killed it. */
  exited: Promise<number>
  stdout(): string
  stderr(): string
  /** Is called for every line on stdout and stderr from now on. */
  onLine(listener: (line: string) => void): void
  /** Sends the signal (SIGTERM) and waits; after `killAfterMs` (30 s) SIGKILL follows. */
  stop(signal?: NodeJS.Signals, killAfterMs?: number): Promise<number>
}

/** Throws where the command cannot be started. The child never outlives this process. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const child = spawn(options.command, options.args, {
    ...(options.env && { env: options.env }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const listeners: ((line: string) => void)[] = []
  const tell = (line: string) => listeners.forEach((listener) => listener(line))
  const stdout = readText(child.stdout, tell)
  const stderr = readText(child.stderr, tell)
  // It may be gone before its stdin is closed.
  child.stdin.on('error', () => {})
  const exited = new Promise<number>((resolve) => {
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    )
  })
  await once(child, 'spawn')
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  void exited.then(() => process.off('exit', kill))
  return {
    process: child,
    exited,
    stdout,
    stderr,
    onLine: (listener) => void listeners.push(listener),
    stop: async (signal = 'SIGTERM', killAfterMs = 30_000) => {
      child.kill(signal)
      const timer = setTimeout(kill, killAfterMs)
      return exited.finally(() => clearTimeout(timer))
    },
  }
}

function readText(stream: Readable, tell: (line: string) => void): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  createInterface({ input: stream }).on('line', tell)
  return () => text
}

/**
 * Resolves with the first thing that `look` finds in a line. Throws, with what the child wrote, where it ends or
 * `timeoutMs` pass before; then the child is killed.
 */
export async function waitForLine<T>(
  child: Child,
  look: (line: string) => T | undefined,
  timeoutMs: number,
): Promise<T> {
  return orFail(child, timeoutMs, (resolve) => {
    child.onLine((line) => {
      const found = look(line)
      if (found !== undefined) resolve(found)
    })
  })
}

/** Waits for `start` to resolve, as `waitForLine` does for a line. */
export async function orFail<T>(
  child: Child,
  timeoutMs: number,
  start: (resolve: (value: T) => void) => void,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const fail = (why: string) =>
    reject(new Error(`${why}\n--- stdout\n${child.stdout()}\n--- stderr\n${child.stderr()}`))
  const timer = setTimeout(() => {
    fail(`The process was not ready within ${timeoutMs} ms`)
    child.process.kill('SIGKILL')
  }, timeoutMs)
  void child.exited.then((code) => fail(`The process ended with code ${code} before it was ready`))
  start(resolve)
  return promise.finally(() => clearTimeout(timer))
}
