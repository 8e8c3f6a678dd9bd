import { streamTokens } from './exchange.ts'

/** What is asked for. A new workload is one line. */
export interface Workload {
  title: string
  stream: boolean
  /** Between two events of a stream; 0 is as fast as possible. */
  paceMs: number
  concurrencies: readonly number[]
  /** What CPU is divided by. */
  unit: 'request' | 'event'
}

/** A paced stream needs some streams at once before there is CPU to speak of. */
export const workloads = {
  json: { title: 'JSON', stream: false, paceMs: 0, concurrencies: [1, 32, 128], unit: 'request' },
  paced: {
    title: `${streamTokens}-token streams, 5 ms a token`,
    stream: true,
    paceMs: 5,
    concurrencies: [32, 128],
    unit: 'event',
  },
  fast: {
    title: `${streamTokens}-token streams, as fast as possible`,
    stream: true,
    paceMs: 0,
    concurrencies: [1, 32, 128],
    unit: 'event',
  },
} as const satisfies Record<string, Workload>

export type WorkloadName = keyof typeof workloads

/** How long one answer takes at least. */
export function answerMs({ stream, paceMs }: Workload): number {
  return stream ? paceMs * (streamTokens + 2) : 0
}
