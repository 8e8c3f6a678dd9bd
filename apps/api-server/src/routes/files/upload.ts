/** `POST /v1/files`: the form goes through as it comes, byte by byte, and is parsed by the tools server. */
import type { Request, RequestHandler } from 'express'
import { addLogFields, contextOf, sendJson } from '@tandem/http'
import { AppError } from '@tandem/schemas'
import type { RemoteUpload } from '@tandem/tools'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'

/** What a form may hold beside the file itself. */
const slackBytes = 2 ** 20

export function uploadFile({ toolsServer, config }: Deps): RequestHandler {
  return async (req, res) => {
    const upload = toUpload(req, config.fileLimitMb)
    const file = await toolsServer.files.upload(claimsOf(res), upload, contextOf(res))
    addLogFields(res, { file: file.id, bytes: file.bytes })
    sendJson(res, file)
  }
}

/**
 * The form on its way through.
 * @throws AppError `unsupported_media_type`, `request_too_large`; while it is read `request_too_large`
 */
export function toUpload(req: FormRequest, megabytes: number): RemoteUpload {
  const contentType = formTypeOf(req)
  const limit = { megabytes, bytes: megabytes * 2 ** 20 + slackBytes }
  const contentLength = lengthOf(req)
  if ((contentLength ?? 0) > limit.bytes) throw tooLarge(req, limit.megabytes)
  return { body: bounded(req, limit), contentType, contentLength }
}

type FormRequest = Pick<Request, 'headers' | 'iterator' | 'pause' | 'res'>

function formTypeOf(req: FormRequest): string {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = req.headers
  if (/^multipart\/form-data\b/i.test(type) && encoding === 'identity') return type
  throw new AppError('unsupported_media_type', {
    message: "Send the file as multipart/form-data, in the field 'file', without content-encoding.",
  })
}

function lengthOf(req: FormRequest): number | undefined {
  const length = req.headers['content-length']
  return length === undefined ? undefined : Number(length)
}

async function* bounded(
  req: FormRequest,
  limit: { megabytes: number; bytes: number },
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length
    if (bytes > limit.bytes) throw tooLarge(req, limit.megabytes)
    yield chunk as Buffer
  }
}

/** The rest is not read: the connection ends with the answer. */
function tooLarge(req: FormRequest, megabytes: number): AppError {
  req.pause()
  req.res?.setHeader('connection', 'close')
  return new AppError('request_too_large', {
    message: `The file is larger than ${megabytes} MiB.`,
    param: 'file',
  })
}
