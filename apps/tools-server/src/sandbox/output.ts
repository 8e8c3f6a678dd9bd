import type { Readable } from 'node:stream'

/** One of a run's output streams: its beginning and its end, and how long it was. */
export interface OutputCollector {
  text(): string
}

export interface OutputOptions {
  /** How many bytes are kept: three quarters of them from the beginning. */
  kept: number
  /** More than this ends the run. */
  max: number
  onTooMuch: () => void
}

export function collectOutput(stream: Readable, options: OutputOptions): OutputCollector {
  const headSize = Math.floor((options.kept * 3) / 4)
  const tailSize = options.kept - headSize
  const head: Buffer[] = []
  let tail: Buffer[] = []
  let tailBytes = 0
  let total = 0
  stream.on('data', (chunk: Buffer) => {
    const room = Math.max(0, headSize - total)
    total += chunk.length
    if (room > 0) head.push(chunk.subarray(0, room))
    if (chunk.length > room) keepTail(chunk.subarray(room))
    if (total > options.max) options.onTooMuch()
  })
  stream.on('error', () => undefined)
  // It was paused while its sandbox waited.
  stream.resume()

  function keepTail(chunk: Buffer): void {
    tail.push(chunk)
    tailBytes += chunk.length
    // Joined only now and then, so that the cost stays linear.
    if (tailBytes <= 4 * tailSize) return
    tail = [Buffer.concat(tail).subarray(-tailSize)]
    tailBytes = tailSize
  }

  return {
    text() {
      const end = Buffer.concat(tail)
      const left = total - headSize - tailSize
      if (left <= 0) return decode([...head, end])
      return `${decode(head)}\n[… ${left} bytes are left out …]\n${decode([end.subarray(-tailSize)])}`
    },
  }
}

function decode(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}
