import { isUtf8 } from 'node:buffer'
import type { Request } from 'express'
import { createGunzip, createInflate, createBrotliDecompress } from 'node:zlib'
import type { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '@tandem/schemas'
import { isDeeperThan } from './json-depth.ts'
import { noObject, notUtf8, tooDeep } from './json-errors.ts'
import { cutLongStrings, putBack } from './long-strings.ts'

/**
 * The body's bytes, decompressed.
 * @throws AppError `request_too_large` (more than `limitBytes`, counted after decompression), `unsupported_media_type`,
 * `cancelled` when the client left midway.
 */
export async function readBody(req: Request, limitBytes: number): Promise<Buffer> {
  const chunks = await readChunks(req, limitBytes)
  return chunks.length === 1 && chunks[0] ? chunks[0] : join(chunks)
}

/** Copied at once: memory that was never used is slow to touch. */
const pieceBytes = 8 * 2 ** 20

async function join(chunks: readonly Buffer[]): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(chunks.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  let pieceEnd = pieceBytes
  for (const chunk of chunks) {
    end += chunk.copy(whole, end)
    if (end < pieceEnd) continue
    pieceEnd = end + pieceBytes
    await nextTurn()
  }
  return whole
}

/**
 * The same as it came, for who need not have it in one piece.
 * @param see told each chunk when it comes
 */
export function readChunks(
  req: Request,
  limitBytes: number,
  see?: (chunk: Buffer) => void,
): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const announced = Number(req.headers['content-length'] ?? 0)
    if (announced > limitBytes) throw tooLarge(req, limitBytes)
    const source = decompressed(req)
    const chunks: Buffer[] = []
    let bytes = 0
    source.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      chunks.push(chunk)
      see?.(chunk)
      // All that was announced is there; the stream's end comes turns later.
      if (bytes === announced && source === req) resolve(chunks)
      if (bytes <= limitBytes) return
      source.removeAllListeners('data')
      // A small body may unpack to a very large one: nothing more of it is unpacked.
      if (source !== req) source.destroy()
      reject(tooLarge(req, limitBytes))
    })
    source.once('end', () => resolve(chunks))
    source.once('error', (cause) =>
      reject(new AppError('invalid_request', { message: 'The body cannot be read.', cause })),
    )
    req.once('close', () => {
      if (!req.complete) reject(new AppError('cancelled'))
    })
  })
}

/** The rest of a body that is too large is not read: the connection ends with the answer. */
function tooLarge(req: Request, limitBytes: number): AppError {
  req.pause()
  req.res?.setHeader('connection', 'close')
  const limit =
    limitBytes >= 2 ** 20 ? `${Math.floor(limitBytes / 2 ** 20)} MiB` : `${limitBytes} bytes`
  return new AppError('request_too_large', { message: `The body is larger than ${limit}.` })
}

function decompressed(req: Request): Readable {
  const encoding = req.headers['content-encoding']?.toLowerCase() ?? 'identity'
  switch (encoding) {
    case 'identity':
      return req
    case 'gzip':
      return req.pipe(createGunzip())
    case 'deflate':
      return req.pipe(createInflate())
    case 'br':
      return req.pipe(createBrotliDecompress())
    default:
      throw new AppError('unsupported_media_type', {
        message: `The content-encoding '${encoding.slice(0, 40)}' is not supported: use gzip, deflate, br or none.`,
      })
  }
}

export const usualJsonDepth = 128

/**
 * @throws AppError `invalid_json` unless the bytes are one JSON object in UTF-8, `invalid_request` where it nests deeper
 * than `maxDepth`.
 */
export function parseJsonObject(body: Buffer, maxDepth = usualJsonDepth): Record<string, unknown> {
  let value: unknown
  const { json, strings } = cutLongStrings(body)
  if (!isUtf8(json)) throw notUtf8()
  if (isDeeperThan(json, maxDepth)) throw tooDeep(maxDepth)
  try {
    value = JSON.parse(json.toString('utf8'))
  } catch (cause) {
    const message = body.length === 0 ? 'The body is empty.' : undefined
    throw new AppError('invalid_json', { cause, message })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw noObject()
  putBack(value, strings)
  return value as Record<string, unknown>
}
