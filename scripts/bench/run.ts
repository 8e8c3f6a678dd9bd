/** The run: everything is started once, then every variant is measured in every round, so that a noisy machine disturbs all alike. */
import { type Child, benchFile, startChild, startServer } from './child.ts'
import { type Cores, chooseCores } from './cores.ts'
import { streamEvents, toChatRequest } from './exchange.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import type { BenchOptions } from './options.ts'
import type { Variant } from './variant.ts'
import { type VariantName, variants } from './variants.ts'
import { answerMs, type Workload, type WorkloadName, workloads } from './workloads.ts'

export interface Cell extends LoadResult {
  round: number
  variant: VariantName
  workload: WorkloadName
  concurrency: number
}

interface Bench {
  options: BenchOptions
  upstream: Child & { port: number }
  load: Child
  running: { name: VariantName; variant: Variant }[]
}

/** Lets what the last cell left behind (closed streams, garbage) be done with. */
const settleMs = 100
const primeConcurrency = 32

export async function runBench(
  options: BenchOptions,
  onProgress: (text: string) => void,
): Promise<{ cells: Cell[]; cores: Cores }> {
  const cores = chooseCores()
  const stops: (() => Promise<void>)[] = []
  try {
    const upstream = await startServer({ command: [benchFile('upstream.ts')], core: cores.load })
    stops.push(upstream.stop)
    const load = startChild({ command: [benchFile('load.ts')], core: cores.load, obeys: true })
    stops.push(load.stop)
    const bench: Bench = { options, upstream, load, running: [] }
    for (const name of options.variants) {
      const nodeArgs = toNodeArgs(options, name)
      const core = cores.underTest
      const variant = await variants[name]({ upstreamPort: upstream.port, core, nodeArgs })
      stops.push(variant.stop)
      bench.running.push({ name, variant })
    }
    await prime(bench, onProgress)
    return { cells: await runRounds(bench, onProgress), cores }
  } finally {
    await Promise.all(stops.map((stop) => stop()))
  }
}

function toNodeArgs({ profile }: BenchOptions, name: VariantName): string[] {
  return profile === undefined
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${name}.cpuprofile`]
}

async function prime(bench: Bench, onProgress: (text: string) => void): Promise<void> {
  const seconds = bench.options.primeSeconds
  for (const { name, variant } of bench.running) {
    onProgress(`warming up ${name}`)
    for (const workload of bench.options.workloads) {
      await measure(bench, variant, { workload, concurrency: primeConcurrency, seconds })
    }
  }
}

async function runRounds(bench: Bench, onProgress: (text: string) => void): Promise<Cell[]> {
  const { options, running } = bench
  const cells: Cell[] = []
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { workload, concurrency } of listCases(options)) {
      onProgress(`round ${round + 1} of ${options.rounds}: ${workload}, ${concurrency} concurrent`)
      for (const { name, variant } of rotate(running, round)) {
        const result = await measure(bench, variant, {
          workload,
          concurrency,
          seconds: options.seconds,
        })
        cells.push({ round, variant: name, workload, concurrency, ...result })
      }
    }
  }
  return cells
}

function listCases(options: BenchOptions): { workload: WorkloadName; concurrency: number }[] {
  return options.workloads.flatMap((workload) =>
    (options.concurrencies ?? workloads[workload].concurrencies).map((concurrency) => ({
      workload,
      concurrency,
    })),
  )
}

/** Nobody always goes first. */
function rotate<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

async function measure(
  { options, upstream, load }: Bench,
  variant: Variant,
  {
    workload,
    concurrency,
    seconds,
  }: { workload: WorkloadName; concurrency: number; seconds: number },
): Promise<LoadResult> {
  const work: Workload = workloads[workload]
  await upstream.ask({ paceMs: work.paceMs })
  const order: LoadOrder = {
    port: variant.port,
    request: toChatRequest({ ...variant, stream: work.stream }),
    concurrency,
    spreadMs: Math.max(answerMs(work), options.warmUpSeconds * 500),
    warmUpMs: answerMs(work) + options.warmUpSeconds * 1_000,
    measureMs: seconds * 1_000,
    events: work.stream ? streamEvents : undefined,
    pid: variant.pid,
    loadPids: [upstream.pid],
  }
  const result = await Promise.race([load.ask(order), ...(variant.ended ? [variant.ended] : [])])
  await new Promise((resolve) => void setTimeout(resolve, settleMs))
  return result as LoadResult
}
