/** `node measure.ts <engine> <runs>`: what one engine costs, as one line of JSON. */
import { engines } from './engines/index.ts'
import { finalText, steps, type Engine } from './task.ts'

export interface Measured {
  /** Milliseconds of CPU and of time for each step; a step is one call of the model and of its tool. */
  cpuMs: number
  wallMs: number
  /** Bytes, at the end. */
  memory: number
  /** Milliseconds until it was loaded. */
  loadMs: number
}

const batches = 10

/** The best of ten batches after as long a warm-up: what else the machine does, and what the JIT has yet to do, only adds. */
async function measure(name: string, runs: number): Promise<Measured> {
  const create = engines[name]
  if (!create) throw new Error(`No engine '${name}'. They are: ${Object.keys(engines).join(', ')}.`)
  const loadedFrom = performance.now()
  const engine = await create()
  const loadMs = performance.now() - loadedFrom
  await runBatch(engine, runs)
  const results: Pick<Measured, 'cpuMs' | 'wallMs'>[] = []
  for (let batch = 0; batch < batches; batch += 1) {
    results.push(await runBatch(engine, Math.ceil(runs / batches)))
  }
  return {
    cpuMs: Math.min(...results.map(({ cpuMs }) => cpuMs)),
    wallMs: Math.min(...results.map(({ wallMs }) => wallMs)),
    memory: process.memoryUsage.rss(),
    loadMs,
  }
}

async function runBatch(
  { runOnce, toolCalls }: Engine,
  runs: number,
): Promise<Pick<Measured, 'cpuMs' | 'wallMs'>> {
  const callsBefore = toolCalls()
  const startedAt = performance.now()
  const before = process.cpuUsage()
  for (let index = 0; index < runs; index += 1) {
    const text = await runOnce()
    if (!text.endsWith(finalText)) throw new Error(`The answer was: ${text}`)
  }
  const { user, system } = process.cpuUsage(before)
  const wallMs = performance.now() - startedAt
  const calls = toolCalls() - callsBefore
  if (calls !== runs * steps) throw new Error(`${calls} calls were made of ${runs * steps}.`)
  return { cpuMs: (user + system) / 1000 / calls, wallMs: wallMs / calls }
}

const [name = '', runs = '100'] = process.argv.slice(2)
console.log(JSON.stringify(await measure(name, Number(runs))))
// Some engines keep timers.
process.exit(0)
