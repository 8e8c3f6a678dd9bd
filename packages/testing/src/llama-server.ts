/** A real llama.cpp server with a real small model, from the Python wheel `xllamacpp` in a venv of its own. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChild, waitForLine } from './child.ts'

export interface LlamaServer {
  /** Origin, without `/v1`. */
  url: string
  /** With `/v1`. */
  baseUrl: string
  /** The id that it lists its model under. */
  model: string
  /** In tokens: a longer prompt is an error, it is never cut. */
  contextLength: number
  close(): Promise<void>
}

export interface LlamaServerOptions {
  /** In tokens; 512 by default. */
  contextLength?: number
}

const model = 'smollm2-135m-instruct'
const modelFile = 'SmolLM2-135M-Instruct.Q4_1.gguf'
const defaultPython = fileURLToPath(new URL('../../../.venv-llama/bin/python', import.meta.url))
const script = fileURLToPath(new URL('llama-server.py', import.meta.url))

/**
 * Takes the model from the folder `MODELS_DIR` and python from `LLAMA_PYTHON` (by default the venv that
 * `scripts/setup-llama.sh` makes). Where one is absent it says so, loudly, and gives the reason (or throws, under
 * `REQUIRE_LLAMA`); where the server fails to start it throws.
 */
export async function startLlamaServer(
  options: LlamaServerOptions = {},
): Promise<LlamaServer | { skipped: string }> {
  const python = process.env['LLAMA_PYTHON'] ?? defaultPython
  const path = join(process.env['MODELS_DIR'] ?? '', modelFile)
  const absent = whatIsAbsent(python, path)
  if (absent !== undefined) {
    if (process.env['REQUIRE_LLAMA'])
      throw new Error(`The real llama.cpp server is missing. ${absent}`)
    console.warn(`SKIPPED: the tests against a real llama.cpp server do not run. ${absent}`)
    return { skipped: absent }
  }
  const contextLength = options.contextLength ?? 512
  const child = await startChild({
    command: python,
    args: [script, path, model, String(contextLength)],
  })
  const url = await waitForLine(child, readAddress, 60_000)
  return {
    url,
    baseUrl: `${url}/v1`,
    model,
    contextLength,
    close: async () => {
      // The script ends with its stdin, as it also does when the tests die.
      child.process.stdin?.end()
      const timer = setTimeout(() => child.process.kill('SIGKILL'), 5_000)
      await child.exited
      clearTimeout(timer)
    },
  }
}

function whatIsAbsent(python: string, path: string): string | undefined {
  if (!existsSync(python))
    return `No python at ${python}: run scripts/setup-llama.sh, or set LLAMA_PYTHON.`
  if (process.env['MODELS_DIR'] === undefined)
    return `MODELS_DIR is not set: the folder with ${modelFile}.`
  if (!existsSync(path)) return `No model at ${path}: set MODELS_DIR to the folder that has it.`
  return undefined
}

function readAddress(line: string): string | undefined {
  if (!line.startsWith('{"address"')) return undefined
  return (JSON.parse(line) as { address: string }).address
}
