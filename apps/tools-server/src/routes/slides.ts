/** `POST /slides`: a deck and its files, for programs. */
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
  AppError,
  parseInput,
  slidesRequestSchema,
  toAppError,
  type SlidesResult,
  type ToolProgress,
} from '@tandem/schemas'
import { callerOf } from '../auth/service-caller.ts'
import type { Deps } from '../deps.ts'
import { orAborted } from '../or-aborted.ts'
import type { MadeSlides } from '../slides/make/slides.ts'
import { toFileObject } from './files.ts'

const maxBodyBytes = 40 * 2 ** 20
/** As long as the tool may take. */
const timeoutMs = 580_000

const bodySchema = z.object({
  request: slidesRequestSchema,
  /** How this one call may ask the main API's models. */
  models: z.object({ base_url: z.string(), token: z.string() }).optional(),
})

/** JSON, or with `Accept: text/event-stream` progress as events and then one `result`. */
export function makeSlides(deps: Deps): RequestHandler {
  return async (req, res) => {
    const { request, models } = readRequest(parseJsonObject(await readBody(req, maxBodyBytes)))
    const { sub: owner, session: sessionId } = callerOf(res)
    const access = { baseUrl: models?.base_url ?? '', token: models?.token ?? '' }
    const call = deps.calls.begin({ owner, sessionId })
    const deadline = AbortSignal.timeout(timeoutMs)
    const signal = AbortSignal.any([contextOf(res).signal, deadline, call.signal])
    const making = deps.slides.make(request, { owner, sessionId, models: access }, { signal })
    const toResult = async (made: MadeSlides): Promise<SlidesResult> => {
      addLogFields(res, { slides: made.slides })
      const files = await Promise.all(
        made.artifacts.map(async ({ fileId }) => {
          const file = await deps.files.get(owner, fileId)
          if (!file) throw new AppError('file_not_found')
          return toFileObject(file)
        }),
      )
      const { deck, slides, findings } = made
      return { title: deck.title, slides, files, findings, deck }
    }
    const toError = (error: unknown): unknown => (deadline.aborted ? tooSlow(error) : error)
    const { keepaliveMs } = deps
    const onEnd = call.end
    await send(req, res, { making, signal, toResult, toError, onEnd, keepaliveMs })
  }
}

/** Paths are told as the caller of the main API knows them. */
function readRequest(body: Record<string, unknown>): z.output<typeof bodySchema> {
  const request = parseInput(slidesRequestSchema, body['request'] ?? {})
  return { ...parseInput(bodySchema.omit({ request: true }), body), request }
}

function tooSlow(cause: unknown): AppError {
  const message = `The slides were not ready within ${timeoutMs / 1000} s.`
  return new AppError('upstream_timeout', { message, cause })
}

interface Sending {
  making: AsyncGenerator<ToolProgress, MadeSlides>
  signal: AbortSignal
  toResult(made: MadeSlides): Promise<SlidesResult>
  toError(error: unknown): unknown
  /** Once the making has really ended. */
  onEnd(): void
  keepaliveMs: number
}

async function send(
  req: Request,
  res: Response,
  { making, signal, toResult, toError, onEnd, keepaliveMs }: Sending,
): Promise<void> {
  const wantsEvents = (req.headers.accept ?? '').includes('text/event-stream')
  const writer = wantsEvents ? createSseWriter(res, { keepaliveMs }) : undefined
  try {
    let step = await orAborted(making.next(), signal)
    for (; !step.done; step = await orAborted(making.next(), signal)) {
      await writer?.write(toFrame('progress', step.value))
    }
    const result = await toResult(step.value)
    if (!writer) return sendJson(res, result)
    await writer.write(toFrame('result', result))
    writer.end()
  } catch (error) {
    // Until the first event a refusal still is a status.
    if (!writer || !res.headersSent) throw toError(error)
    writer.fail(toAppError(toError(error)))
  } finally {
    making
      .return(undefined as never)
      .catch(() => undefined)
      .finally(onEnd)
  }
}

function toFrame(event: 'progress' | 'result', data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
