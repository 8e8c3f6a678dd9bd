/** A multipart form with one file, read as it comes. */
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { AppError } from '@tandem/schemas'

export interface Upload {
  name: string
  /** Ends by throwing where the form breaks off or the file is too large. */
  source: AsyncIterable<Uint8Array>
  /** The other fields; resolves after the last byte. */
  fields: () => Promise<ReadonlyMap<string, string>>
}

const fileField = 'file'
const limits = { files: 4, fields: 16, parts: 20, fieldNameSize: 100, fieldSize: 4096 }

/**
 * Hands the file to `receive` while it comes and gives what that returns. Where `receive` fails the rest of the form is read
 * and thrown away, so that the caller reads the answer instead of a broken connection.
 * @throws AppError `unsupported_media_type`, `missing_parameter`, `request_too_large`, `invalid_request`
 */
export async function readUpload<Result>(
  req: IncomingMessage,
  maxBytes: number,
  receive: (upload: Upload) => Promise<Result>,
): Promise<Result> {
  const parser = createParser(req, maxBytes)
  const fields = new Map<string, string>()
  const found = Promise.withResolvers<{ name: string; stream: BusboyFileStream } | undefined>()
  parser.on('field', (field, value) => void fields.set(field, value))
  let taken: BusboyFileStream | undefined
  // The library's events have this many parameters.
  // oxlint-disable-next-line max-params
  parser.on('file', (field, stream, name) => {
    stream.on('error', () => undefined)
    if (field !== fileField || taken) {
      stream.resume()
      return
    }
    taken = stream
    found.resolve({ name: name ?? '', stream })
  })
  const parsed = pipeline(req, parser).catch((cause: unknown) => {
    const error = brokenOff(cause)
    taken?.destroy(error)
    throw error
  })
  parsed.then(() => found.resolve(undefined), found.reject)
  const file = await found.promise
  if (!file) throw noFile()
  const { name, stream } = file
  try {
    return await receive({
      name,
      source: whole(stream, maxBytes),
      fields: async () => (await parsed, fields),
    })
  } catch (error) {
    stream.resume()
    await parsed.catch(() => undefined)
    throw error
  }
}

function createParser(req: IncomingMessage, maxBytes: number): BusboyInstance {
  const type = req.headers['content-type'] ?? ''
  if (!/^multipart\/form-data\b/i.test(type)) throw notMultipart()
  try {
    const headers = { ...req.headers, 'content-type': type }
    return new Busboy({ headers, limits: { ...limits, fileSize: maxBytes } })
  } catch (cause) {
    throw notMultipart(cause)
  }
}

/** Unlike the stream's own iterator it leaves the stream open where the reader stops, for the parser waits for its end. */
async function* whole(stream: BusboyFileStream, maxBytes: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
  if (stream.truncated) {
    throw new AppError('request_too_large', {
      message: `The file is larger than ${Math.floor(maxBytes / 2 ** 20)} MiB.`,
      param: fileField,
    })
  }
}

function brokenOff(cause: unknown): AppError {
  return new AppError('invalid_request', {
    message: 'The form broke off or cannot be read: send it again, whole.',
    cause,
  })
}

function noFile(): AppError {
  return new AppError('missing_parameter', {
    message: `Missing required parameter: '${fileField}', a file.`,
    param: fileField,
  })
}

function notMultipart(cause?: unknown): AppError {
  return new AppError('unsupported_media_type', {
    message: `Send the file as multipart/form-data, in the field '${fileField}'.`,
    cause,
  })
}
