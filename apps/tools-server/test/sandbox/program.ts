import type { ToolResult } from '@tandem/schemas'
import type { TestServer } from '../start-server.ts'

/** A program that tries to do harm. It prints ESCAPED where it could. */
export interface HostileProgram {
  name: string
  code: string
  /** How its run may end. */
  ends: readonly string[]
  /** Seconds that it asks for. */
  timeout?: number
  /** Also in the quick set. */
  quick?: boolean
  /** What else is wrong with its result, if anything. */
  check?: (result: ToolResult, data: RunData) => string | undefined
}

export interface RunData {
  status: string
  stdout: string
  stderr: string
  value?: string
  error?: { type: string; text: string }
  files: { file_id: string; name: string; bytes: number }[]
  notes: string[]
  ms: number
  memory_bytes: number
}

/** Helpers that every program may use. */
const prelude = `
import os, sys
def attempt(name, action):
    try:
        result = action()
    except BaseException as error:
        print("blocked", name, type(error).__name__, str(error)[:100])
    else:
        print("ESCAPED", name, repr(result)[:200])
def call(number, *arguments):
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(number, *arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), "syscall")
    return result
`

const patienceMs = 15_000

/** Everything that is wrong with how a program ended; and the next run must work. */
export async function findProblems(
  server: TestServer,
  { name, code, ends, timeout, check }: HostileProgram,
): Promise<string[]> {
  const started = performance.now()
  const args = { code: prelude + code, timeout: timeout ?? 10 }
  const result = await server.result('python_coder', args)
  const ms = performance.now() - started
  const data = (result.data ?? { status: result.error?.code, stdout: '' }) as RunData
  const problems: string[] = []
  if (!ends.includes(data.status)) {
    problems.push(`ended with ${data.status}: ${data.error?.text.slice(-300)} ${data.stderr}`)
  }
  if (data.stdout.includes('ESCAPED'))
    problems.push(data.stdout.match(/ESCAPED.*/g)?.join('; ') ?? '')
  if (ms > (timeout ?? 10) * 1000 + patienceMs) problems.push(`took ${Math.round(ms)} ms`)
  const more = check?.(result, data)
  if (more !== undefined) problems.push(more)
  const next = await server.result('python_coder', { code: '6 * 7' })
  if ((next.data as RunData).value !== '42') problems.push('the next run does not work')
  return problems.map((problem) => `${name}: ${problem}`)
}
