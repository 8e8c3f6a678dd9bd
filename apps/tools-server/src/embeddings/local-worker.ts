/** The process that runs the local model. What somebody waits for goes before what is embedded in the background. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { serveCalls } from '../threads/serve-calls.ts'
import { loadTextModel, type TextModel } from './transformers.ts'

export interface LocalWorkerData {
  modelsDir: string
  model: string
}

interface Job {
  text: string
  resolve(embedded: { vector: Float32Array; tokens: number }): void
  reject(error: unknown): void
}

export interface LocalCalls {
  load(): Promise<{ dimensions: number }>
  embed(texts: readonly string[], urgent: boolean): Promise<[number, ...Float32Array[]]>
}

const { modelsDir, model } = JSON.parse(process.argv[2] ?? '') as LocalWorkerData
let loading: Promise<TextModel> | undefined
const load = (): Promise<TextModel> => (loading ??= loadTextModel(modelsDir, model))

const urgentJobs: Job[] = []
const laterJobs: Job[] = []
let draining = false

function add(text: string, urgent: boolean): Promise<{ vector: Float32Array; tokens: number }> {
  return new Promise((resolve, reject) => {
    ;(urgent ? urgentJobs : laterJobs).push({ text, resolve, reject })
    if (!draining) void drain()
  })
}

async function drain(): Promise<void> {
  draining = true
  for (let job = take(); job; job = take()) {
    try {
      job.resolve(await (await load()).embed(job.text))
    } catch (error) {
      job.reject(error)
    }
    // Calls that came meanwhile are heard before the next text is begun.
    await nextTurn()
  }
  draining = false
}

function take(): Job | undefined {
  return urgentJobs.shift() ?? laterJobs.shift()
}

const calls: LocalCalls = {
  load: async () => ({ dimensions: (await load()).dimensions }),
  async embed(texts, urgent) {
    const embedded = await Promise.all(texts.map((text) => add(text, urgent)))
    const tokens = embedded.reduce((sum, each) => sum + each.tokens, 0)
    return [tokens, ...embedded.map(({ vector }) => vector)]
  },
}

serveCalls(calls, { close: () => undefined })
