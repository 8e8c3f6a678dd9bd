import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@tandem/schemas'
import type { Rendered, RenderJob } from '../render-all.ts'
import type { Answer } from './answer.ts'

const memoryMb = 1024
const script = fileURLToPath(new URL('./draw.ts', import.meta.url))

/**
 * Draws in a process of its own, which ends with its job, at the latest when the time is up or the signal aborts.
 * @throws AppError as the drawing did, or because it took too long; the signal’s reason
 */
export async function runJob(
  job: RenderJob,
  { timeoutMs }: { timeoutMs: number },
  signal: AbortSignal,
): Promise<Rendered> {
  signal.throwIfAborted()
  const timeout = AbortSignal.timeout(timeoutMs)
  const child = startProcess()
  try {
    child.send(job, () => undefined)
    const answer = await answerOf(child, AbortSignal.any([signal, timeout]))
    if ('rendered' in answer) return answer.rendered
    const { code, message, param, why } = answer.error
    throw new AppError(code, {
      message,
      param,
      ...(why !== undefined && { cause: new Error(why) }),
    })
  } catch (cause) {
    signal.throwIfAborted()
    if (timeout.aborted) throw tooLong(timeoutMs, cause)
    throw cause
  } finally {
    child.kill('SIGKILL')
  }
}

function startProcess(): ChildProcess {
  return fork(script, [], {
    serialization: 'advanced',
    // None of the server's secrets, and none of the options that its node was started with.
    env: compileCache(),
    execArgv: [`--max-old-space-size=${memoryMb}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

/** Where the server keeps what node compiled: half of the time that the process takes to start. */
function compileCache(): NodeJS.ProcessEnv {
  // The folder that node tells is its version's, in the one that it was given.
  const folder = getCompileCacheDir()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) }
}

async function answerOf(child: ChildProcess, signal: AbortSignal): Promise<Answer> {
  const ended = new AbortController()
  const either = AbortSignal.any([signal, ended.signal])
  child.once('exit', (code, by) => {
    // What it sent last may still be on its way.
    setImmediate(() => ended.abort(new Error(`drawing ended with ${by ?? code ?? 'nothing'}`)))
  })
  child.once('error', (error) => ended.abort(error))
  try {
    const [answer] = (await once(child, 'message', { signal: either })) as [Answer]
    return answer
  } catch (cause) {
    if (ended.signal.aborted && !signal.aborted)
      throw new AppError('internal_error', { cause: ended.signal.reason })
    throw cause
  }
}

function tooLong(timeoutMs: number, cause: unknown): AppError {
  return new AppError('invalid_request', {
    message: `The deck takes longer than ${timeoutMs / 1000} seconds to draw. Make it shorter, or its pictures smaller.`,
    cause,
  })
}
