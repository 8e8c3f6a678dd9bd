/** Files that come with a chat request, described for its model. Owner and session are in the service token. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { RequestHandler } from 'express'
import { z } from 'zod'
import {
  addLogFields,
  contextOf,
  parseJsonObject,
  readBody,
  readChunks,
  sendJson,
} from '@tandem/http'
import { AppError, attachmentsRequestSchema, parseInput } from '@tandem/schemas'
import { callerOf } from '../auth/service-caller.ts'
import type { Deps } from '../deps.ts'
import { toLabel } from '../files/label.ts'

const maxBodyBytes = 64 * 1024

/** `POST /attachments`: `{file_ids}`, in this order. A file that is not the caller's is a 404. */
export function describeAttachments({ describeFile }: Pick<Deps, 'describeFile'>): RequestHandler {
  return async (req, res) => {
    const body = parseJsonObject(await readBody(req, maxBodyBytes))
    const { file_ids: ids } = parseInput(attachmentsRequestSchema, body)
    const { sub } = callerOf(res)
    const { signal } = contextOf(res)
    addLogFields(res, { files: ids.length })
    const attachments = await Promise.all(ids.map((id) => describeFile(sub, id, { signal })))
    sendJson(res, { attachments })
  }
}

const querySchema = z.object({ name: z.string().max(1000) })

/** What came inside of a request, without a session: long enough for the conversation that it belongs to. */
const inlineSeconds = 86_400
const purpose = 'attachment'

/**
 * `POST /attachments/inline?name=…`: the bytes of a file that came inside of a request. They are kept with the session, or
 * for a day; the same file sent again is the same file.
 */
export function addInlineAttachment({
  files,
  fileLimitBytes,
  describeFile,
}: Pick<Deps, 'files' | 'fileLimitBytes' | 'describeFile'>): RequestHandler {
  return async (req, res) => {
    const { name } = parseInput(querySchema, req.query)
    const hash = createHash('sha256')
    const chunks = await readChunks(req, fileLimitBytes, (chunk) => hash.update(chunk))
    if (chunks.length === 0) {
      throw new AppError('invalid_request', { message: 'The file is empty.', param: 'file_data' })
    }
    const { sub: owner, session } = callerOf(res)
    const label = {
      name: toLabel(name),
      purpose,
      ...(session === undefined ? { expiresAfter: inlineSeconds } : { sessionId: session }),
    }
    const same = {
      owner,
      sessionId: session ?? null,
      checksum: hash.digest('hex'),
      name: label.name,
      purpose,
    }
    // One that goes soon might be gone before the conversation is over.
    const found = await files.find(same, { forMs: inlineSeconds * 500 })
    const file = found ?? (await files.add(owner, Readable.from(chunks), () => label))
    addLogFields(res, { file: file.id, bytes: file.bytes })
    const { signal } = contextOf(res)
    sendJson(res, { attachments: [await describeFile(owner, file.id, { signal })] })
  }
}
