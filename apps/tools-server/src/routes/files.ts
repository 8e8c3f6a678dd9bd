/** The file store over HTTP, in the shapes of OpenAI's Files API; the owner is in the service token. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RequestHandler } from 'express'
import { z } from 'zod'
import type { StoredFile } from '@tandem/db'
import { addLogFields, readChunks, sendJson, setProcessingTime } from '@tandem/http'
import {
  AppError,
  fileIdSchema,
  fileQuerySchema,
  parseInput,
  purposeSchema,
  type FileList,
  type FileObject,
} from '@tandem/schemas'
import { callerOf } from '../auth/service-caller.ts'
import type { FileLabel } from '../files/file-store.ts'
import { documentPurpose } from '../files/document-files.ts'
import { readUpload } from '../files/multipart.ts'
import type { Deps } from '../deps.ts'

const day = 86_400
const uploadFieldsSchema = z.object({
  purpose: purposeSchema
    .refine((purpose) => purpose !== documentPurpose, 'it is for documents of collections')
    .default('user_data'),
  'expires_after[anchor]': z.literal('created_at').optional(),
  'expires_after[seconds]': z.coerce
    .number<string>()
    .int()
    .min(3600)
    .max(30 * day)
    .optional(),
})

/** `POST /files`: a multipart form with `file` and `purpose`, in either order. */
export function uploadFile({ files, fileLimitBytes }: Deps): RequestHandler {
  return async (req, res) => {
    const { sub } = callerOf(res)
    const stored = await readUpload(req, fileLimitBytes, ({ name, source, fields }) =>
      files.add(sub, notEmpty(source), async () => toFileLabel(name, await fields())),
    )
    addLogFields(res, { file: stored.id, bytes: stored.bytes })
    sendJson(res, toFileObject(stored))
  }
}

function toFileLabel(name: string, fields: ReadonlyMap<string, string>): FileLabel {
  const { purpose, ...rest } = parseInput(uploadFieldsSchema, Object.fromEntries(fields))
  return { name, purpose, expiresAfter: rest['expires_after[seconds]'] }
}

const putQuerySchema = z.object({ name: z.string().max(1000) })

/**
 * `PUT /files/{id}?name=…`: bytes that came inside of a session's messages, under an id that the main API has chosen, so
 * that it can have them removed whatever happens.
 */
export function putFile({ files, fileLimitBytes }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const id = parseInput(fileIdSchema, req.params.id)
    const { name } = parseInput(putQuerySchema, req.query)
    const { sub, session } = callerOf(res)
    if (session === undefined) {
      throw new AppError('invalid_request', { message: 'The service token names no session.' })
    }
    const chunks = await readChunks(req, fileLimitBytes)
    const label = { id, name, purpose: 'attachment', sessionId: session }
    const stored = await files.add(sub, notEmpty(Readable.from(chunks)), () => label)
    addLogFields(res, { file: stored.id, bytes: stored.bytes })
    sendJson(res, toFileObject(stored))
  }
}

async function* notEmpty(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.byteLength
    yield chunk
  }
  if (bytes === 0) {
    throw new AppError('invalid_request', { message: 'The file is empty.', param: 'file' })
  }
}

/** `GET /files` */
export function listFiles({ files }: Deps): RequestHandler {
  return async (req, res) => {
    const query = parseInput(fileQuerySchema, req.query)
    const { files: found, hasMore } = await files.list(callerOf(res).sub, query)
    const data = found.map(toFileObject)
    const list: FileList = {
      object: 'list',
      data,
      has_more: hasMore,
      first_id: data.at(0)?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
    }
    sendJson(res, list)
  }
}

/** `GET /files/{id}` */
export function getFile({ files }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const file = await files.get(callerOf(res).sub, req.params.id)
    if (!file) throw noSuchFile(req.params.id)
    sendJson(res, toFileObject(file))
  }
}

/** `GET /files/{id}/content`: never to be shown in the place of a page of ours. */
export function getFileContent({ files }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const found = await files.read(callerOf(res).sub, req.params.id)
    if (!found) throw noSuchFile(req.params.id)
    const { file, bytes } = found
    setProcessingTime(res)
    res.attachment(file.name)
    res.setHeader('content-type', file.mediaType)
    res.setHeader('content-length', file.bytes)
    res.setHeader('x-content-type-options', 'nosniff')
    // A client that leaves midway is no fault: the pipeline closes the file, and the log says that it closed early.
    await pipeline(bytes, res).catch(() => res.destroy())
  }
}

/** `DELETE /files/{id}` */
export function removeFile({ files }: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    if (!(await files.remove(callerOf(res).sub, id))) throw noSuchFile(id)
    sendJson(res, { id, object: 'file', deleted: true })
  }
}

function noSuchFile(id: string): AppError {
  return new AppError('file_not_found', {
    message: `There is no file '${id.slice(0, 64)}'.`,
    param: 'id',
  })
}

export function toFileObject(file: StoredFile): FileObject {
  const { id, bytes, name, purpose, mediaType, checksum, expiresAt, createdAt } = file
  return {
    id,
    object: 'file',
    bytes,
    created_at: Math.floor(createdAt / 1000),
    ...(expiresAt !== null && { expires_at: Math.floor(expiresAt / 1000) }),
    filename: name,
    purpose,
    status: 'processed',
    media_type: mediaType,
    sha256: checksum,
  }
}
