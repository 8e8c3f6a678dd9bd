/** Our child processes: started, asked one thing at a time, and ended by their own id. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { pin } from './cores.ts'

export interface ChildOptions {
  /** The program and its arguments. */
  command: string[]
  /** Arguments of Node itself. */
  nodeArgs?: string[]
  core: number | undefined
  /** It speaks parent.ts. */
  obeys: boolean
  env?: Record<string, string | undefined>
  cwd?: string
}

export interface Child {
  pid: number
  /** The next thing that the child says. Rejects when it ends first. */
  hear(): Promise<unknown>
  /** Gives an order and waits for the answer. */
  ask(order: object): Promise<unknown>
  /** Rejects when the child ends before it was told to, with its last words. */
  ended: Promise<never>
  stop(): Promise<void>
}

const killAfterMs = 10_000
const keptCharacters = 2_000

export function benchFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** Runs a Node program. What it writes to standard output is thrown away. */
export function startChild({
  command,
  nodeArgs = [],
  core,
  obeys,
  ...options
}: ChildOptions): Child {
  const [program = '', ...args] = pin(core, [process.execPath, ...nodeArgs, ...command])
  const child = spawn(program, args, {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe', ...(obeys ? (['ipc'] as const) : [])],
  })
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-keptCharacters)
  })
  let isWanted = true
  const closed = once(child, 'close')
  const ended = closed.then(([code, signal]): Promise<never> => {
    const end = `${command.join(' ')} ended (${String(code ?? signal)})`
    // Told to stop, it says nothing more, and nobody waits.
    return isWanted
      ? Promise.reject(new Error(`${end}\n${lastWords}`.trim()))
      : new Promise(() => {})
  })
  ended.catch(() => undefined)
  const killNow = () => void child.kill('SIGKILL')
  process.once('exit', killNow)

  async function hear(): Promise<unknown> {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as unknown[]
    return message
  }

  async function stop(): Promise<void> {
    isWanted = false
    const timer = setTimeout(killNow, killAfterMs)
    child.kill('SIGTERM')
    await closed.catch(() => undefined)
    clearTimeout(timer)
    process.off('exit', killNow)
  }

  function ask(order: object): Promise<unknown> {
    const answer = hear()
    child.send(order)
    return answer
  }

  return { pid: child.pid ?? 0, hear, ask, ended, stop }
}

/** Starts one of our servers and waits until it listens. */
export async function startServer(
  options: Omit<ChildOptions, 'obeys'>,
): Promise<Child & { port: number }> {
  const child = startChild({ ...options, obeys: true })
  const { port } = (await child.hear()) as { port: number }
  return { ...child, port }
}
