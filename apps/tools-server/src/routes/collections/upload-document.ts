/** `POST /collections/{id}/uploads`: a multipart form with `file`, which is kept for the document alone. */
import type { RequestHandler } from 'express'
import { z } from 'zod'
import { addLogFields, sendJson } from '@tandem/http'
import { attributesSchema, newFileDocumentSchema, parseInput } from '@tandem/schemas'
import type { StoredFile } from '@tandem/db'
import { callerOf } from '../../auth/service-caller.ts'
import { readUpload } from '../../files/multipart.ts'
import type { Deps } from '../../deps.ts'
import { noSuchCollection } from './not-found.ts'
import { toDocument } from './to-wire.ts'

const jsonSchema = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'it is no JSON object' })
    return z.NEVER
  }
})

const fieldsSchema = newFileDocumentSchema.pick({ title: true }).extend({
  attributes: jsonSchema.pipe(attributesSchema).optional(),
})

export function uploadDocument({
  knowledge,
  documentFiles,
  fileLimitBytes,
}: Deps): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    const { sub } = callerOf(res)
    // Before megabytes are read for nothing.
    if (!(await knowledge.collections.get(sub, id))) throw noSuchCollection(id)
    const document = await readUpload(req, fileLimitBytes, ({ name, source, fields }) => {
      let options: z.infer<typeof fieldsSchema> = {}
      const label = async (): Promise<{ name: string }> => {
        options = parseInput(fieldsSchema, Object.fromEntries(await fields()))
        return { name }
      }
      return documentFiles.add({ owner: sub, source, label }, async (file: StoredFile) => {
        addLogFields(res, { file: file.id, bytes: file.bytes })
        const added = { files: [{ file, ...options, isUpload: true }] }
        return (await knowledge.collections.addFiles(sub, id, added))?.documents[0]
      })
    })
    if (!document) throw noSuchCollection(id)
    sendJson(res, toDocument(document, id))
  }
}
