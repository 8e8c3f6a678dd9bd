/** Where the code of custom functions runs: in the sandbox, and nowhere else. */
import type { ToolAvailability } from '@tandem/schemas'

export interface PythonRequest {
  owner: string
  code: string
  /** Call this function, or the only one that the code defines, with `arguments` as keywords. */
  entryPoint?: string
  /** What JSON can hold. */
  arguments?: unknown
  timeoutMs?: number
}

export interface PythonOutcome {
  ok: boolean
  /** What the entry point returned, as JSON holds it. */
  value?: unknown
  stdout: string
  error?: { code: string; message: string }
}

export interface PythonRunner {
  /** Whether there is a sandbox at all. */
  available(): ToolAvailability
  /** Throws only when the signal aborts; a program that fails is an outcome. */
  run(request: PythonRequest, options: { signal: AbortSignal }): Promise<PythonOutcome>
}
