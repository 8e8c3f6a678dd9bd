/** The bounds that the gateway is held to, each at 32 concurrent: against the bare proxy, and against itself without its duties. */
import { format, type Row } from './report.ts'
import type { WorkloadName } from './workloads.ts'

interface Bound {
  title: string
  workload: WorkloadName
  figure: (row: Row) => number
  kind: 'at least' | 'at most'
  limit: number
}

const concurrency = 32

const bounds: readonly Bound[] = [
  {
    title: 'JSON requests/s',
    workload: 'json',
    figure: (row) => row.requestsRatio,
    kind: 'at least',
    limit: 0.65,
  },
  {
    title: 'CPU per streamed event',
    workload: 'paced',
    figure: (row) => row.cpuRatio,
    kind: 'at most',
    limit: 1.15,
  },
  {
    title: 'time to first byte of a stream',
    workload: 'paced',
    figure: (row) => row.firstByteRatio,
    kind: 'at most',
    limit: 1.25,
  },
]

export interface Finding {
  text: string
  holds: boolean
}

/** Empty when the gateway was not measured; what was not measured does not hold. */
export function judge(rows: readonly Row[]): Finding[] {
  const gateway = rows.filter((row) => row.variant === 'gateway')
  if (gateway.length === 0) return []
  const findings = bounds.map((bound) => judgeBound(bound, gateway))
  const errors = gateway.reduce((sum, row) => sum + row.errors, 0)
  return [
    ...findings,
    ...judgeDuties(rows, gateway),
    { text: `errors: ${errors}`, holds: errors === 0 },
  ]
}

const dutiesLimit = 0.75

/** What key check, limits, usage and log leave of the requests/s; nothing is said where that was not measured. */
function judgeDuties(rows: readonly Row[], gateway: readonly Row[]): Finding[] {
  const without = rows.find((row) => row.variant === 'without-duties' && isJsonCase(row))
  const own = gateway.find(isJsonCase)
  if (!without || !own) return []
  const value = own.requestsPerSecond / without.requestsPerSecond
  const text = `JSON requests/s: ${format(value, 2)} of those without key check, limits, usage and log (at least ${dutiesLimit})`
  return [{ text, holds: value >= dutiesLimit }]
}

function isJsonCase(row: Row): boolean {
  return row.workload === 'json' && row.concurrency === concurrency
}

function judgeBound(
  { title, workload, figure, kind, limit }: Bound,
  rows: readonly Row[],
): Finding {
  const row = rows.find((other) => other.workload === workload && other.concurrency === concurrency)
  const value = row === undefined ? Number.NaN : figure(row)
  const text = `${title}: ${format(value, 2)} of bare (${kind} ${limit})`
  return { text, holds: kind === 'at least' ? value >= limit : value <= limit }
}

export function toVerdictText(findings: readonly Finding[]): string {
  const lines = findings.map(({ text, holds }) => `  ${holds ? 'holds ' : 'missed'}  ${text}`)
  return [`At ${concurrency} concurrent:`, ...lines].join('\n')
}
