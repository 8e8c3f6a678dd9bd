/** `node measure.ts <engine> <cold|hot>`: what one engine costs in a fresh process, as one line of JSON. */
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

const coldRuns = 50
const warmUpMs = 2000
const batches = 10
const batchMs = 200

type Spent = Pick<Measured, 'cpuMs' | 'wallMs'>

/**
 * The best of ten batches after a warm-up: what else the machine does, and what the JIT has yet to do, only adds. Both take
 * the same time for each engine, not the same number of runs: a quick one would else be measured before it is compiled, and
 * in batches too short for the garbage that it leaves.
 */
async function measureHot(engine: Engine): Promise<Spent> {
  await runUntil(engine, ({ wallMs }) => wallMs >= warmUpMs)
  const results: Spent[] = []
  for (let batch = 0; batch < batches; batch += 1) {
    results.push(await runUntil(engine, ({ wallMs }) => wallMs >= batchMs))
  }
  return {
    cpuMs: Math.min(...results.map(({ cpuMs }) => cpuMs)),
    wallMs: Math.min(...results.map(({ wallMs }) => wallMs)),
  }
}

/** The first fifty runs of the process: most of it is the compiling of the engine's code, so a small engine gains little. */
function measureCold(engine: Engine): Promise<Spent> {
  return runUntil(engine, ({ runs }) => runs >= coldRuns)
}

async function measure(name: string, isCold: boolean): Promise<Measured> {
  const create = engines[name]
  if (!create) throw new Error(`No engine '${name}'. They are: ${Object.keys(engines).join(', ')}.`)
  const loadedFrom = performance.now()
  const engine = await create()
  const loadMs = performance.now() - loadedFrom
  const spent = await (isCold ? measureCold(engine) : measureHot(engine))
  return { ...spent, memory: process.memoryUsage.rss(), loadMs }
}

async function runUntil(
  { runOnce, toolCalls }: Engine,
  isEnough: (done: { runs: number; wallMs: number }) => boolean,
): Promise<Spent> {
  const callsBefore = toolCalls()
  const startedAt = performance.now()
  const before = process.cpuUsage()
  let runs = 0
  let wallMs = 0
  for (; !isEnough({ runs, wallMs }); runs += 1) {
    const text = await runOnce()
    if (!text.endsWith(finalText)) throw new Error(`The answer was: ${text}`)
    wallMs = performance.now() - startedAt
  }
  const { user, system } = process.cpuUsage(before)
  const calls = toolCalls() - callsBefore
  if (calls !== runs * steps) throw new Error(`${calls} calls were made of ${runs * steps}.`)
  return { cpuMs: (user + system) / 1000 / calls, wallMs: wallMs / calls }
}

const [name = '', state = 'hot'] = process.argv.slice(2)
console.log(JSON.stringify(await measure(name, state === 'cold')))
// Some engines keep timers.
process.exit(0)
