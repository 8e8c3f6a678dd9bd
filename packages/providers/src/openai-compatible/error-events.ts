import type { Stage } from '../byte-stream.ts'
import { toErrorInside } from './upstream-errors.ts'

const key = Buffer.from('"error"')

/**
 * Passes whole SSE events up to one that reports an error, which is thrown as an AppError instead: upstreams say it in
 * as many shapes as there are, some with a number as `code`, some with a `[DONE]` after it. Events are parsed only where
 * the bytes hold the key; inside a JSON string its quotes would be escaped.
 */
export function failOnErrorEvents(secret: string | undefined): Stage {
  let spent = false
  return {
    take(events) {
      const failure = events.includes(key) ? findFailure(events) : undefined
      if (failure) return fail(failure, spent)
      spent = true
      return events
    },
  }

  function* fail({ before, data }: Failure, wasSpent: boolean): Generator<Buffer> {
    if (before.length > 0) yield before
    throw toErrorInside(data, { secret, spent: wasSpent || before.length > 0 })
  }
}

interface Failure {
  /** The events in front of the one that fails. */
  before: Buffer
  /** Its data. */
  data: string
}

function findFailure(events: Buffer): Failure | undefined {
  let at = 0
  for (const event of events.toString('latin1').split(/(?<=\r?\n\r?\n)/)) {
    const data = dataOf(events.toString('utf8', at, at + event.length))
    if (reportsError(data)) return { before: events.subarray(0, at), data }
    at += event.length
  }
  return undefined
}

function dataOf(event: string): string {
  const lines = event.matchAll(/^data: ?(.*?)\r?$/gm)
  return Array.from(lines, ([, data]) => data).join('\n')
}

function reportsError(data: string): boolean {
  try {
    const json = JSON.parse(data) as { error?: unknown } | null
    return Boolean(json?.error)
  } catch {
    return false
  }
}
