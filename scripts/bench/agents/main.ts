/** `node main.ts [--rounds 5] [--check]`: all engines in turn, hot and cold, and their ratios to ours. */
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { engines } from './engines/index.ts'
import type { Measured } from './measure.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    check: { type: 'boolean', default: false },
  },
})
const names = Object.keys(engines)
const ours = names[0] ?? ''
const mostCpuMs = 0.1
const leastRatio = 10

interface Both {
  hot: Measured
  cold: Measured
}

function measure(engine: string, state: keyof Both): Measured {
  const script = new URL('measure.ts', import.meta.url).pathname
  const env = { ...process.env, NODE_ENV: 'production', NODE_NO_WARNINGS: '1' }
  const output = execFileSync(process.execPath, [script, engine, state], { env })
  return JSON.parse(String(output)) as Measured
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

const results = new Map(names.map((name): [string, Both[]] => [name, []]))
for (let round = 0; round < Number(values.rounds); round += 1) {
  // In turning order: what else the machine does disturbs all alike.
  for (let index = 0; index < names.length; index += 1) {
    const name = names[(index + round) % names.length] ?? ours
    results.get(name)?.push({ hot: measure(name, 'hot'), cold: measure(name, 'cold') })
  }
}

/** Of the same round, then the median over the rounds. */
function ratioOf(name: string, state: keyof Both): number {
  const baseline = results.get(ours) ?? []
  return median(
    (results.get(name) ?? []).map(
      (one, round) => one[state].cpuMs / (baseline[round]?.[state].cpuMs ?? Number.NaN),
    ),
  )
}

const of = (name: string, state: keyof Both, key: keyof Measured) =>
  median((results.get(name) ?? []).map((one) => one[state][key]))
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}; ${values.rounds} rounds of runs of 20 steps.\n`,
)
console.log(
  '| engine | hot: CPU ms a step | of ours | cold: CPU ms a step | of ours | hot: ms a step | MB | ms to load |',
)
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const name of names) {
  const cells = [
    of(name, 'hot', 'cpuMs').toFixed(3),
    ratioOf(name, 'hot').toFixed(1),
    of(name, 'cold', 'cpuMs').toFixed(3),
    ratioOf(name, 'cold').toFixed(1),
    of(name, 'hot', 'wallMs').toFixed(3),
    (of(name, 'hot', 'memory') / 2 ** 20).toFixed(0),
    of(name, 'hot', 'loadMs').toFixed(0),
  ]
  console.log(`| ${name} | ${cells.join(' | ')} |`)
}

const misses = (['hot', 'cold'] as const).flatMap((state) => [
  ...(of(ours, state, 'cpuMs') > mostCpuMs
    ? [`${ours}, ${state}, takes more than ${mostCpuMs} ms of CPU a step`]
    : []),
  ...names
    .filter((name) => !name.startsWith('tandem') && ratioOf(name, state) < leastRatio)
    .map((name) => `${name}, ${state}, takes less than ${leastRatio} times as much`),
])
console.log(misses.length === 0 ? '\nAll bounds are kept.' : `\nMissed: ${misses.join('; ')}.`)
if (values.check && misses.length > 0) process.exitCode = 1
