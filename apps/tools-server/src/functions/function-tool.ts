/** A custom function as a tool of its owner. */
import { parseInput } from '@tandem/schemas'
import { errorResult, fromParameters, textResult, type Tool } from '@tandem/tools'
import type { StoredFunction } from '@tandem/db'
import type { PythonRunner } from './python-runner.ts'

const timeoutMs = 60_000

/** How long the sandbox may take to be free and to start, beside the program's own time. */
const queueMs = 30_000

export function createFunctionTool(definition: StoredFunction, python: PythonRunner): Tool {
  const { name, description, parameters, code } = definition
  const schema = fromParameters(parameters)
  return {
    name,
    description,
    parameters,
    traits: {
      readOnly: false,
      parallelSafe: true,
      idempotent: false,
      timeoutMs: timeoutMs + queueMs,
    },
    available: () => python.available(),
    parse: (input) => parseInput(schema, input ?? {}),
    async *run(args, { owner }, { signal }) {
      yield { message: `Running ${name} in the sandbox.` }
      const request = { owner, code, entryPoint: name, arguments: args, timeoutMs }
      const { ok, value, stdout, error } = await python.run(request, { signal })
      if (!ok) return failure(error, stdout)
      const printed = stdout === '' ? '' : `\n\nIt printed:\n${stdout}`
      return textResult(`${toText(value)}${printed}`, { data: value ?? null })
    },
  }
}

function failure(error: { code: string; message: string } | undefined, stdout: string) {
  const { code = 'error', message = 'The function failed.' } = error ?? {}
  const printed = stdout === '' ? '' : `\n\nIt printed before:\n${stdout}`
  return errorResult(code, `${message}${printed}`, { retryable: false })
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
