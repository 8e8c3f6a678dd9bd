/** One process for one document: what it may take is bounded, and it ends with the call. */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { AppError } from '@tandem/schemas'
import type { ParserJob, ParserReply } from './messages.ts'

export interface ParserLimits {
  /** Milliseconds from the start of the process to its end. */
  timeoutMs: number
  /** Of the process as a whole, in bytes. */
  memoryBytes: number
}

type Job = ParserJob extends infer Each
  ? Each extends ParserJob
    ? Omit<Each, 'memoryBytes'>
    : never
  : never

export const parserScript = fileURLToPath(new URL('./parser/main.ts', import.meta.url))
const root = fileURLToPath(new URL('../../../../', import.meta.url))
const code = ['node_modules', 'apps/tools-server', 'packages/schemas'].map((path) => root + path)

/**
 * Replies as they come.
 * @throws AppError `document_…`, or the signal's reason
 */
export async function runParser(
  job: Job,
  { timeoutMs, memoryBytes }: ParserLimits,
  { signal, onReply }: { signal: AbortSignal; onReply: (reply: ParserReply) => void },
): Promise<void> {
  signal.throwIfAborted()
  const child = start(job.file.path, memoryBytes)
  const kill = (): void => void child.kill('SIGKILL')
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    kill()
  }, timeoutMs)
  signal.addEventListener('abort', kill, { once: true })
  try {
    await talk(child, { ...job, memoryBytes }, onReply)
    signal.throwIfAborted()
  } catch (error) {
    signal.throwIfAborted()
    if (timedOut) throw tooComplex(`takes longer than ${timeoutMs / 1000} s to read`, error)
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', kill)
    kill()
  }
}

function start(path: string, memoryBytes: number): ChildProcess {
  return fork(parserScript, [], {
    serialization: 'advanced',
    // None of the server's secrets.
    env: {},
    execArgv: parserArguments(path, memoryBytes / 2 ** 20),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

/** Node's arguments for a process that reads this file: its code and the file are all that it may see. */
export function parserArguments(path: string, memoryMb: number): string[] {
  return [
    '--permission',
    ...[...code, path].map((each) => `--allow-fs-read=${each}`),
    // For the thread that watches over its memory.
    '--allow-worker',
    '--no-warnings',
    `--max-old-space-size=${Math.floor(memoryMb)}`,
  ]
}

/** Resolves when the process has ended of itself, having said all; rejects with the fault that it told, or with its end. */
function talk(
  child: ChildProcess,
  job: ParserJob,
  onReply: (reply: ParserReply) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let fault: AppError | undefined
    child.on('message', (message) => {
      const reply = message as ParserReply
      if ('fault' in reply) fault = toAppError(reply.fault)
      else onReply(reply)
    })
    child.once('error', (cause) => reject(new AppError('internal_error', { cause })))
    // Not `exit`: messages may still be on their way then.
    child.once('close', (exitCode, end) => {
      if (fault) reject(fault)
      else if (exitCode === 0) resolve()
      else reject(toEnd(exitCode, end))
    })
    child.send(job, () => undefined)
  })
}

function toAppError({
  code,
  message,
  why,
}: Extract<ParserReply, { fault: unknown }>['fault']): AppError {
  return new AppError(code, { message: message || undefined, cause: new Error(why) })
}

/** Its memory's watch kills it; V8 aborts it where its heap is full. */
function toEnd(exitCode: number | null, end: NodeJS.Signals | null): AppError {
  const cause = new Error(`the parser ended with ${end ?? exitCode ?? 'nothing'}`)
  if (end === 'SIGKILL' || end === 'SIGABRT' || exitCode === 134) {
    return tooComplex('takes more memory to read than is allowed', cause)
  }
  return new AppError('document_unreadable', { cause })
}

function tooComplex(what: string, cause: unknown): AppError {
  return new AppError('document_too_complex', { message: `The document ${what}.`, cause })
}
