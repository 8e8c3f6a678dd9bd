import type { Sandbox, SandboxOutcome } from '../sandbox/types.ts'
import type { PythonOutcome, PythonRunner } from './python-runner.ts'

/** Custom functions in the sandbox, each call in one of its own. */
export function createSandboxedPython(sandbox: Sandbox): PythonRunner {
  return {
    available() {
      const status = sandbox.status()
      return status.ok ? { ok: true } : { ok: false, reason: status.reason, remedy: status.remedy }
    },
    async run(request, { signal }) {
      const status = sandbox.status()
      if (!status.ok) return unavailable(`${status.reason} ${status.remedy}`)
      const { owner, code, entryPoint, timeoutMs } = request
      const call = { name: entryPoint ?? '', arguments: toKeywords(request.arguments) }
      const wallMs = timeoutMs === undefined ? {} : { wallMs: timeoutMs }
      return toOutcome(await sandbox.run({ owner, code, call, ...wallMs }, { signal }))
    },
  }
}

function toOutcome({ word, json, stdout, error }: SandboxOutcome): PythonOutcome {
  if (word === 'ok')
    return { ok: true, stdout, ...(json === undefined ? {} : { value: parse(json) }) }
  return { ok: false, stdout, error: { code: word, message: error?.text ?? word } }
}

/** Python's `NaN` and `Infinity` are no JSON: as in JavaScript's, they become null. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    const withNull = json.replaceAll(/"(?:[^"\\]+|\\.)*"|NaN|-?Infinity/g, (token) =>
      token.startsWith('"') ? token : 'null',
    )
    return JSON.parse(withNull)
  }
}

function toKeywords(given: unknown): Record<string, unknown> {
  return typeof given === 'object' && given !== null ? { ...given } : {}
}

function unavailable(message: string): PythonOutcome {
  return { ok: false, stdout: '', error: { code: 'sandbox_unavailable', message } }
}
