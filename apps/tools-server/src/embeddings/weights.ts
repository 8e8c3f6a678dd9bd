/** The weights of the local model: in the folder of models, else from the model hub. */
import { randomBytes } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'

export interface WeightsOptions {
  modelsDir: string
  /** As the hub names it: `Xenova/all-MiniLM-L6-v2`. */
  model: string
  /** The hub's base URL; undefined downloads nothing. */
  hub: string | undefined
  fetch?: typeof fetch
}

/** The weights come last: where they are, the rest is. */
const files = [
  'config.json',
  'tokenizer_config.json',
  'tokenizer.json',
  'special_tokens_map.json',
  'onnx/model_quantized.onnx',
] as const

/** Whatever the hub says, a model is no larger. */
const maxBytes = 2 ** 30

export function hasWeights({
  modelsDir,
  model,
}: Pick<WeightsOptions, 'modelsDir' | 'model'>): boolean {
  return files.every((file) => existsSync(join(modelsDir, model, file)))
}

/**
 * Downloads what is missing; a file is there whole or not at all.
 * @param onProgress 0 to 1, of the file that counts
 * @throws Error with the reason
 */
export async function fetchWeights(
  options: WeightsOptions,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<void> {
  if (options.hub === undefined) throw new Error('downloading is off')
  for (const file of files) {
    if (existsSync(join(options.modelsDir, options.model, file))) continue
    await fetchFile(options, {
      file,
      signal,
      onProgress: file.endsWith('.onnx') ? onProgress : () => undefined,
    })
  }
}

interface FileFetch {
  file: string
  signal: AbortSignal
  onProgress(fraction: number): void
}

async function fetchFile(
  { modelsDir, model, hub, fetch: send = fetch }: WeightsOptions,
  { file, signal, onProgress }: FileFetch,
): Promise<void> {
  const response = await send(`${hub}/${model}/resolve/main/${file}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(30 * 60_000)]),
  })
  if (!response.ok || !response.body) throw new Error(`${file}: HTTP ${response.status}`)
  const expected = Number(response.headers.get('content-length') ?? 0)
  const target = join(modelsDir, model, file)
  const part = `${target}.${randomBytes(6).toString('hex')}.part`
  await mkdir(dirname(target), { recursive: true })
  try {
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>)
    await pipeline(body, counted(expected, onProgress), createWriteStream(part), { signal })
    await rename(part, target)
  } finally {
    await rm(part, { force: true })
  }
}

function counted(expected: number, onProgress: (fraction: number) => void) {
  return async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0
    for await (const chunk of source) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) throw new Error('the file is too large')
      if (expected > 0) onProgress(Math.min(1, bytes / expected))
      yield chunk
    }
    if (expected > 0 && bytes < expected) throw new Error('the download broke off')
  }
}
