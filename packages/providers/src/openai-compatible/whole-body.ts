import { AppError } from '@tandem/schemas'
import type { ByteStream } from '../byte-stream.ts'

export interface WholeBody {
  /** False where the body is too large; nothing more is kept then. */
  add(chunk: Buffer): boolean
  join(): Buffer
}

export function createWholeBody(limitBytes: number): WholeBody {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    add(chunk) {
      bytes += chunk.length
      if (bytes > limitBytes) return false
      chunks.push(chunk)
      return true
    },
    join: () => (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes)),
  }
}

export function tooLarge(): AppError {
  const message = 'The model provider sent an answer that is too large.'
  return new AppError('upstream_invalid_response', { message })
}

/** The whole of a body. @throws AppError `upstream_invalid_response` above `limitBytes`, and what the body throws. */
export async function readAll(body: ByteStream, limitBytes: number): Promise<Buffer> {
  const whole = createWholeBody(limitBytes)
  await body.pipeTo({
    write(chunk) {
      if (!whole.add(chunk)) throw tooLarge()
      return undefined
    },
  })
  return whole.join()
}
