import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'

/** The log of one run of a server, appended to the file of all runs. */
export interface LogFile {
  path: string
  /** For a child's stdout. */
  descriptor: number
  append(chunk: Uint8Array): void
  /** The last lines of this run. */
  lastLines(count: number): string[]
  close(): void
}

const tailBytes = 64 * 1024

export function openLogFile(path: string): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const descriptor = openSync(path, 'a+', 0o600)
  const start = fstatSync(descriptor).size
  return {
    path,
    descriptor,
    append: (chunk) => appendFileSync(descriptor, chunk),
    lastLines(count) {
      const end = fstatSync(descriptor).size
      const from = Math.max(start, end - tailBytes)
      const buffer = Buffer.alloc(Math.max(0, end - from))
      const length = readSync(descriptor, buffer, 0, buffer.length, from)
      const lines = buffer.toString('utf8', 0, length).split('\n')
      return lines.filter((line) => line.trim() !== '').slice(-count)
    },
    close: () => closeSync(descriptor),
  }
}
