import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface LogFile {
  /** Never waits and never throws. */
  write(line: string): void
  /** Writes what waits, then closes. Never throws. */
  close(): Promise<void>
}

export interface LogFileOptions {
  path: string
  /** A file that would grow larger is put aside. */
  maxBytes: number
  /** How many are kept beside the one being written: `path.1` is the newest. */
  keep: number
  /** Told when writing begins to fail, and not again until it works. */
  onError(error: unknown): void
}

/** Lines that wait for a slow disk; more are lost. */
const maxWaiting = 32 * 2 ** 20

/** A file of lines that only its owner can read. It is opened with the first line; what cannot be written is lost. */
export function createLogFile(options: LogFileOptions): LogFile {
  let waiting: string[] = []
  let waitingLength = 0
  let file: OpenFile | undefined
  let writing: Promise<void> | undefined
  let failing = false

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting
      waiting = []
      waitingLength = 0
      try {
        for (const line of lines) await append(Buffer.from(line))
        failing = false
      } catch (error) {
        await closeFile()
        if (!failing) options.onError(error)
        failing = true
      }
    }
    writing = undefined
  }
  async function append(line: Buffer): Promise<void> {
    file ??= await openFile(options.path)
    if (file.bytes > 0 && file.bytes + line.length > options.maxBytes) {
      await closeFile()
      await rotate(options)
      file = await openFile(options.path)
    }
    await file.handle.appendFile(line)
    file.bytes += line.length
  }
  async function closeFile(): Promise<void> {
    const { handle } = file ?? {}
    file = undefined
    // What it could not write is lost already.
    await handle?.close().catch(() => {})
  }
  return {
    write(line) {
      if (waitingLength > maxWaiting) return
      waiting.push(`${line}\n`)
      waitingLength += line.length
      writing ??= writeWaiting()
    },
    async close() {
      await writing
      await closeFile()
    },
  }
}

interface OpenFile {
  handle: FileHandle
  bytes: number
}

async function openFile(path: string): Promise<OpenFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const handle = await open(path, 'a', 0o600)
  const stats = await handle.stat()
  // One that was there before may be open to others; a device keeps its mode.
  if (stats.isFile() && (stats.mode & 0o077) !== 0) await handle.chmod(0o600)
  return { handle, bytes: stats.isFile() ? stats.size : 0 }
}

/** `path` becomes `path.1`, that becomes `path.2`, and so on; the oldest goes. */
async function rotate({ path, keep }: LogFileOptions): Promise<void> {
  if (keep === 0) {
    await rm(path, { force: true })
    return
  }
  for (let n = keep - 1; n > 0; n -= 1) await renameIfThere(`${path}.${n}`, `${path}.${n + 1}`)
  await rename(path, `${path}.1`)
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
