/** `POST /api/slides`: a presentation from an instruction, a deck or Markdown. */
import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import {
  addLogFields,
  contextOf,
  createSseWriter,
  parseJsonObject,
  readBody,
  sendJson,
} from '@tandem/http'
import {
  deckSchema,
  fileObjectSchema,
  parseInput,
  slidesRequestSchema,
  slidesResultSchema,
  toAppError,
  type SlidesResult,
  type ToolProgress,
} from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import { modelsBaseUrl } from '../../chat/agent/models-access.ts'
import type { Deps } from '../../deps.ts'
import { claimsOf } from '../tools/claims.ts'

const maxBodyBytes = 32 * 2 ** 20

const ownFieldsSchema = z.object({
  /** Progress as events; the same as `Accept: text/event-stream`. */
  stream: z.boolean().nullish(),
  /** Whose files may be named by their names, and which the new ones belong to. */
  session_id: z.string().min(1).max(128).nullish(),
})

/** For the OpenAPI document; the tools server checks the rest. */
export const makeSlidesSchema = slidesRequestSchema.safeExtend(ownFieldsSchema.shape)
export const slidesAnswerSchema = slidesResultSchema.extend({
  object: z.literal('slides'),
  created_at: z.number().int(),
  files: z.array(
    fileObjectSchema.extend({
      /** Opens without a key, for a while. */
      download_url: z.string(),
      download_url_expires_at: z.number().int(),
    }),
  ),
  deck: deckSchema,
})
type SlidesAnswer = z.infer<typeof slidesAnswerSchema>

/** JSON; with `Accept: text/event-stream` or `stream` progress as events and then one `result`. */
export function makeSlides(deps: Deps): RequestHandler {
  return async (req, res) => {
    const body = parseJsonObject(await readBody(req, maxBodyBytes))
    const { stream: _, session_id: __, ...request } = body
    const own = parseInput(ownFieldsSchema, body)
    const { userId } = principalOf(res)
    const models = {
      baseUrl: modelsBaseUrl(deps.config),
      token: deps.auth.modelsTokens.issue({ userId }),
    }
    const { signal } = contextOf(res)
    const claims = claimsOf(res, own.session_id ?? undefined)
    const making = deps.toolsServer.slides.make(claims, { request, models }, { signal })
    if (own.stream || wantsEvents(req)) await sendEvents(making, res, deps)
    else sendJson(res, toAnswer(await collect(making), res, deps))
  }
}

function wantsEvents(req: Request): boolean {
  return (req.headers.accept ?? '').includes('text/event-stream')
}

type Making = AsyncGenerator<ToolProgress, SlidesResult>

async function collect(making: Making): Promise<SlidesResult> {
  let step = await making.next()
  while (!step.done) step = await making.next()
  return step.value
}

/** Until the first event a refusal still is a status. */
async function sendEvents(making: Making, res: Response, deps: Deps): Promise<void> {
  const writer = createSseWriter(res, { keepaliveMs: deps.keepaliveMs })
  try {
    let step = await making.next()
    for (; !step.done; step = await making.next())
      await writer.write(toFrame('progress', step.value))
    await writer.write(toFrame('result', toAnswer(step.value, res, deps)))
    writer.end()
  } catch (error) {
    if (!res.headersSent) throw error
    writer.fail(toAppError(error))
  }
}

function toFrame(event: 'progress' | 'result', data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

function toAnswer({ files, ...result }: SlidesResult, res: Response, deps: Deps): SlidesAnswer {
  const { userId } = principalOf(res)
  addLogFields(res, { slides: result.slides, files: files.length })
  return {
    object: 'slides',
    created_at: Math.floor(deps.now() / 1000),
    ...result,
    files: files.map((file) => {
      const link = deps.fileLinks.create(userId, { id: file.id, name: file.filename })
      return { ...file, download_url: link.url, download_url_expires_at: link.expires_at }
    }),
  }
}
