import pino, { type DestinationStream } from 'pino'

export interface LogDestination extends DestinationStream {
  flush(): void
  /** Before the process ends. */
  flushSync(): void
}

const batchBytes = 64 * 1024
const waitMs = 500

/**
 * A file descriptor, written to in batches: when 64 KB are full, or half a second after the first line. Lines wait here as
 * bytes and not in pino's own buffer, which measures all the text that it holds at each line.
 */
export function createLogDestination(descriptor: number): LogDestination {
  // Synchronous, as nobody could wait for a write that is on its way when the process ends; a batch takes microseconds.
  const output = pino.destination({ dest: descriptor, sync: true, contentMode: 'buffer' })
  let batch = Buffer.allocUnsafeSlow(batchBytes)
  let used = 0
  let timer: NodeJS.Timeout | undefined

  function send(bytes: Buffer): void {
    // Its type knows text only, which its other mode takes.
    output.write(bytes as unknown as string)
  }
  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (used === 0) return
    send(batch.subarray(0, used))
    batch = Buffer.allocUnsafeSlow(batchBytes)
    used = 0
  }
  function flushSync(): void {
    flush()
    output.flushSync()
  }
  process.once('exit', flushSync)
  return {
    write(line) {
      // A character is three bytes at most.
      if (used + line.length * 3 > batchBytes) flush()
      if (line.length * 3 > batchBytes) send(Buffer.from(line))
      else used += batch.write(line, used)
      timer ??= setTimeout(flush, waitMs).unref()
    },
    flush,
    flushSync,
  }
}
