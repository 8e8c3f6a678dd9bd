import { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { AppError } from '@tandem/schemas'

/** What a page may be compressed with; others were not offered to the server. */
export const acceptedEncodings = 'gzip, deflate, br'

/**
 * At most `maxBytes` of the body, unpacked; the rest is not read, so that a compression bomb costs what a page costs.
 * @throws AppError `page_unreadable` for an encoding that was not asked for.
 */
export async function readBody(
  body: Readable,
  { encoding, maxBytes }: { encoding: string; maxBytes: number },
): Promise<{ bytes: Buffer; truncated: boolean }> {
  const unpacked = unpack(body, encoding.trim().toLowerCase())
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of unpacked) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size > maxBytes) break
    }
  } finally {
    body.destroy()
    unpacked.destroy()
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), truncated: size > maxBytes }
}

function unpack(body: Readable, encoding: string): Readable {
  const unpacker = unpackerFor(encoding)
  if (!unpacker) return body
  // `pipe` passes no errors on.
  body.on('error', (error) => unpacker.destroy(error))
  return body.pipe(unpacker)
}

function unpackerFor(encoding: string) {
  switch (encoding) {
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      throw new AppError('page_unreadable', {
        message: `The page is packed in a way that was not asked for (${encoding.slice(0, 40)}).`,
      })
  }
}
