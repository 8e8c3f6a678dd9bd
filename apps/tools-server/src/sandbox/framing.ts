import type { Readable, Writable } from 'node:stream'
import type { SandboxFile } from './types.ts'

/** Reads frames of a stream whose sender is not believed. */
export interface FrameReader {
  /** The next JSON header. @throws Error when it is larger than allowed, no JSON, or the stream ends. */
  header(maxBytes: number): Promise<unknown>
  bytes(size: number): Promise<Buffer>
}

/** Four bytes of length, JSON, and then the bytes of the files that it lists. */
export function writeFrame(stream: Writable, header: object, files: readonly SandboxFile[]): void {
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(json.length)
  stream.write(Buffer.concat([length, json]))
  for (const { bytes } of files) stream.write(bytes)
}

export function createFrameReader(stream: Readable): FrameReader {
  const take = createTaker(stream)
  return {
    async header(maxBytes) {
      const size = (await take(4)).readUInt32BE()
      if (size > maxBytes) throw new Error(`A frame of ${size} bytes is too large.`)
      return JSON.parse((await take(size)).toString())
    },
    bytes: take,
  }
}

/** Exactly so many bytes, as soon as they have come; chunks are kept in a queue and joined once. */
function createTaker(stream: Readable): (size: number) => Promise<Buffer> {
  const state = { chunks: [] as Buffer[], held: 0, ended: false }
  let more = Promise.withResolvers<void>()
  const wake = (): void => {
    more.resolve()
    more = Promise.withResolvers()
  }
  stream.on('data', (chunk: Buffer) => {
    state.chunks.push(chunk)
    state.held += chunk.length
    wake()
  })
  const end = (): void => {
    state.ended = true
    wake()
  }
  stream.on('close', end).on('end', end).on('error', end)
  return async (size) => {
    while (state.held < size) {
      if (state.ended) throw new Error('The stream ended in the middle of a frame.')
      await more.promise
    }
    state.held -= size
    return takeFrom(state.chunks, size)
  }
}

function takeFrom(chunks: Buffer[], size: number): Buffer {
  const parts: Buffer[] = []
  let missing = size
  while (missing > 0) {
    const chunk = chunks.shift()
    if (!chunk) break
    parts.push(chunk.subarray(0, missing))
    if (chunk.length > missing) chunks.unshift(chunk.subarray(missing))
    missing -= Math.min(missing, chunk.length)
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
}
