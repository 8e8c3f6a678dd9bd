/** Real processes beside the test's own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Child {
  process: ChildProcess
  /** The whole lines so far. A last one that a kill cut in half is not among them. */
  lines(): string[]
  ended: Promise<void>
}

export async function startChild(script: string, args: readonly string[]): Promise<Child> {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const first = once(createInterface({ input: child.stdout }), 'line')
  await Promise.race([first, closed])
  return { process: child, lines: () => text.split('\n').slice(0, -1), ended: closed }
}

/** Holds the write lock for `ms`; resolves once it is held. */
export function holdLock(path: string, ms: number): Promise<Child> {
  return startChild('./hold-lock.ts', [path, String(ms)])
}
