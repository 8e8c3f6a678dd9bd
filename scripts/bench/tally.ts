/** Counts what comes back, and notices answers that are not whole. */

/** One connection's exchanges, one after the other. */
export interface Exchange {
  begin(): void
  head(head: string): void
  body(bytes: Buffer, start: number, end: number): void
  end(): void
}

export interface Counts {
  requests: number
  events: number
  errors: number
  firstError: string | undefined
  firstBytesMs: number[]
}

export interface Tally {
  openExchange(): Exchange
  fail(reason: string): void
  reset(): void
  counts(): Counts
}

const lineFeed = 10
const doneLength = 'data: [DONE]\n\n'.length

/** `minEvents`: what a whole stream has at least; undefined when the answer is one JSON document. */
export function createTally(minEvents: number | undefined): Tally {
  let counts = noCounts()

  function fail(reason: string): void {
    counts.errors += 1
    counts.firstError ??= reason
  }

  function openExchange(): Exchange {
    let askedAt = 0
    let bytesSeen = 0
    let events = 0
    let eventLength = 0
    let lastEventLength = 0
    let lastByte = 0
    let isRefused = false

    function countEvents(bytes: Buffer, start: number, end: number): void {
      const before = events
      for (let at = start; at < end; at += 1) {
        const byte = bytes[at] ?? 0
        eventLength += 1
        if (byte === lineFeed && lastByte === lineFeed) {
          events += 1
          lastEventLength = eventLength
          eventLength = 0
        }
        lastByte = byte
      }
      counts.events += events - before
    }

    return {
      begin() {
        askedAt = performance.now()
        bytesSeen = events = eventLength = lastByte = 0
      },
      head(head) {
        isRefused = !head.startsWith('HTTP/1.1 200')
        if (isRefused) fail(head.split('\r\n', 1)[0] ?? head)
      },
      body(bytes, start, end) {
        if (bytesSeen === 0) counts.firstBytesMs.push(performance.now() - askedAt)
        bytesSeen += end - start
        if (minEvents !== undefined) countEvents(bytes, start, end)
      },
      end() {
        counts.requests += 1
        if (isRefused) return
        if (bytesSeen === 0) fail('an empty answer')
        // Only `[DONE]` is this short, which spares keeping the bytes.
        const isCut =
          minEvents !== undefined && (events < minEvents || lastEventLength !== doneLength)
        if (isCut) fail(`a stream ended after ${events} of ${minEvents} events`)
      },
    }
  }

  return {
    openExchange,
    fail,
    reset() {
      counts = noCounts()
    },
    counts: () => counts,
  }
}

function noCounts(): Counts {
  return { requests: 0, events: 0, errors: 0, firstError: undefined, firstBytesMs: [] }
}
