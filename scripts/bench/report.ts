/** The medians over the rounds, as rows and as text. */
import type { Cores } from './cores.ts'
import type { Cell } from './run.ts'
import { median } from './statistics.ts'
import { type VariantName, yardstick } from './variants.ts'
import { type Workload, type WorkloadName, workloads } from './workloads.ts'

/** One variant in one case. Ratios are taken within each round, then their median; NaN: not measured. */
export interface Row {
  workload: WorkloadName
  concurrency: number
  variant: VariantName
  requestsPerSecond: number
  requestsRatio: number
  eventsPerSecond: number
  firstByteMs: number
  firstByteRatio: number
  firstByteP99Ms: number
  /** Microseconds of the workload's unit. */
  cpuPerUnit: number
  cpuRatio: number
  /** How much of one core the process under test used. */
  coreShare: number
  /** How much of its one core the load side used. */
  loadShare: number
  errors: number
}

/** Above this the load side, not the variant, sets the pace. */
const loadIsFull = 0.9

const measures = {
  requestsPerSecond: (cell: Cell) => cell.requests / cell.seconds,
  eventsPerSecond: (cell: Cell) => cell.events / cell.seconds,
  firstByteMs: (cell: Cell) => cell.firstByteP50Ms,
  firstByteP99Ms: (cell: Cell) => cell.firstByteP99Ms,
  cpuPerUnit: (cell: Cell) => ((cell.cpuMs ?? Number.NaN) * 1_000) / toUnits(cell),
  coreShare: (cell: Cell) => (cell.cpuMs ?? Number.NaN) / 1_000 / cell.seconds,
  loadShare: (cell: Cell) => cell.loadCpuMs / 1_000 / cell.seconds,
}

type Measure = (cell: Cell) => number

function toUnits(cell: Cell): number {
  return workloads[cell.workload].unit === 'event' ? cell.events : cell.requests
}

export function toRows(cells: readonly Cell[]): Row[] {
  const groups = Object.groupBy(cells, (cell) => `${toCase(cell)} ${cell.variant}`)
  return Object.values(groups).flatMap((group = []) => {
    const [first] = group
    return first === undefined ? [] : [toRow(first, group, cells.filter(isYardstickOf(first)))]
  })
}

function isYardstickOf(cell: Cell): (other: Cell) => boolean {
  return (other) => other.variant === yardstick && toCase(other) === toCase(cell)
}

function toCase({ workload, concurrency }: Pick<Cell, 'workload' | 'concurrency'>): string {
  return `${workload} ${concurrency}`
}

function toRow(
  { workload, concurrency, variant }: Cell,
  own: readonly Cell[],
  bare: readonly Cell[],
): Row {
  const middle = (measure: Measure) => median(own.map(measure))
  const ratio = (measure: Measure) =>
    median(
      own.map((cell) => {
        const peer = bare.find(({ round }) => round === cell.round)
        return peer === undefined ? Number.NaN : measure(cell) / measure(peer)
      }),
    )
  return {
    workload,
    concurrency,
    variant,
    requestsPerSecond: middle(measures.requestsPerSecond),
    requestsRatio: ratio(measures.requestsPerSecond),
    eventsPerSecond: middle(measures.eventsPerSecond),
    firstByteMs: middle(measures.firstByteMs),
    firstByteRatio: ratio(measures.firstByteMs),
    firstByteP99Ms: middle(measures.firstByteP99Ms),
    cpuPerUnit: middle(measures.cpuPerUnit),
    cpuRatio: ratio(measures.cpuPerUnit),
    coreShare: middle(measures.coreShare),
    loadShare: middle(measures.loadShare),
    errors: own.reduce((sum, { errors }) => sum + errors, 0),
  }
}

export function toText(cells: readonly Cell[], cores: Cores): string {
  const cases = Object.values(Object.groupBy(toRows(cells), toCase))
  return [
    describeCores(cores),
    ...cases.map((rows = []) => toTable(rows)),
    ...describeErrors(cells),
  ].join('\n\n')
}

function describeCores({ load, underTest }: Cores): string {
  return load === undefined
    ? 'Not pinned to cores (no taskset, or fewer than two cores): expect more noise.'
    : `Load and upstream on core ${load}, the process under test on core ${String(underTest)}.`
}

type Column = readonly [heading: string, toCell: (row: Row) => string]

function toColumns(work: Workload): Column[] {
  return [
    ['variant', (row) => row.variant],
    ['requests/s', (row) => format(row.requestsPerSecond, work.unit === 'request' ? 0 : 1)],
    ['of bare', (row) => format(row.requestsRatio, 2)],
    ...(work.stream ? [['events/s', (row: Row) => format(row.eventsPerSecond, 0)] as const] : []),
    ['first byte ms', (row) => format(row.firstByteMs, 2)],
    ['of bare', (row) => format(row.firstByteRatio, 2)],
    ['p99 ms', (row) => format(row.firstByteP99Ms, 1)],
    [`CPU µs/${work.unit}`, (row) => format(row.cpuPerUnit, 1)],
    ['of bare', (row) => format(row.cpuRatio, 2)],
    ['its core', (row) => formatPercent(row.coreShare)],
    ['load side', (row) => formatLoad(row.loadShare)],
    ['errors', (row) => String(row.errors)],
  ]
}

function toTable(rows: readonly Row[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const work = workloads[first.workload]
  const columns = toColumns(work)
  const lines = [
    columns.map(([heading]) => heading),
    columns.map(() => '---'),
    ...rows.map((row) => columns.map(([, toCell]) => toCell(row))),
  ]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]!.length)))
  const padded = lines.map(
    (line) => `| ${line.map((cell, index) => padCell(cell, widths[index]!, index)).join(' | ')} |`,
  )
  return [`${work.title}, ${first.concurrency} concurrent`, ...padded].join('\n')
}

function padCell(cell: string, width: number, index: number): string {
  if (cell === '---') return '-'.repeat(width)
  return index === 0 ? cell.padEnd(width) : cell.padStart(width)
}

export function format(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '-'
}

function formatLoad(share: number): string {
  return share > loadIsFull ? `${formatPercent(share)} full` : formatPercent(share)
}

function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${format(share * 100, 0)}%` : '-'
}

function describeErrors(cells: readonly Cell[]): string[] {
  const lines = cells
    .filter(({ errors }) => errors > 0)
    .map(
      ({ variant, workload, concurrency, errors, firstError }) =>
        `${variant}, ${workload}, ${concurrency} concurrent: ${errors} errors, the first: ${firstError ?? ''}`,
    )
  return lines.length === 0 ? [] : [lines.join('\n')]
}
