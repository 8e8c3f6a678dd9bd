import { parseArgs } from 'node:util'
import { type VariantName, variants } from './variants.ts'
import { type WorkloadName, workloads } from './workloads.ts'

export interface BenchOptions {
  variants: VariantName[]
  workloads: WorkloadName[]
  /** Undefined: each workload's own. */
  concurrencies: number[] | undefined
  rounds: number
  /** Measured in each cell. */
  seconds: number
  warmUpSeconds: number
  /** Of each workload for each variant before the first round, so that V8 has compiled what is hot. */
  primeSeconds: number
  json: string | undefined
  profile: string | undefined
  check: boolean
  help: boolean
}

export const help = `pnpm bench [options]: the gateway beside a bare proxy and a direct connection, in one interleaved run

  --variants a,b    ${Object.keys(variants).join(', ')} (all)
  --workloads a,b   ${Object.keys(workloads).join(', ')} (all)
  --concurrency n,m connections at once (each workload's own)
  --rounds n        5
  --seconds s       measured in each cell (2)
  --warm-up s       before each cell (1)
  --prime s         of each workload for each variant before the first round (5)
  --quick           a smoke run: one round at 32 concurrent, 0.3 s a cell
  --check           exit 1 when a bound is missed
  --json FILE       save every cell
  --profile DIR     write a .cpuprofile of each process under test there
`

const flags = {
  variants: { type: 'string' },
  workloads: { type: 'string' },
  concurrency: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string' },
  prime: { type: 'string' },
  quick: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  json: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** Throws an Error that says what is wrong. */
export function parseOptions(args: string[]): BenchOptions {
  // `pnpm bench -- --quick` hands the dashes on.
  const given = args[0] === '--' ? args.slice(1) : args
  const { values } = parseArgs({ args: given, options: flags })
  const defaults = values.quick
    ? { concurrency: '32', rounds: '1', seconds: '0.3', warmUp: '0.2', prime: '0.1' }
    : { concurrency: undefined, rounds: '5', seconds: '2', warmUp: '1', prime: '5' }
  const concurrency = values.concurrency ?? defaults.concurrency
  return {
    variants: chooseNames('--variants', variants, values.variants),
    workloads: chooseNames('--workloads', workloads, values.workloads),
    concurrencies: concurrency?.split(',').map((text) => toNumber('--concurrency', text)),
    rounds: toNumber('--rounds', values.rounds ?? defaults.rounds),
    seconds: toNumber('--seconds', values.seconds ?? defaults.seconds),
    warmUpSeconds: toNumber('--warm-up', values['warm-up'] ?? defaults.warmUp),
    primeSeconds: toNumber('--prime', values.prime ?? defaults.prime),
    json: values.json,
    profile: values.profile,
    check: values.check,
    help: values.help,
  }
}

function chooseNames<Name extends string>(
  flag: string,
  table: Readonly<Record<Name, unknown>>,
  text: string | undefined,
): Name[] {
  const known = Object.keys(table) as Name[]
  if (text === undefined) return known
  return text.split(',').map((given) => {
    const name = known.find((candidate) => candidate === given)
    if (name === undefined) throw new Error(`${flag}: ${given} is none of ${known.join(', ')}`)
    return name
  })
}

function toNumber(flag: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`${flag}: give a number above 0, not ${text}`)
  return value
}
