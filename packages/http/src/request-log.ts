import type { RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import type { AppError } from '@tandem/schemas'
import { contextOf } from './request-context.ts'

const fieldsKey = Symbol('tandem.log')
type Carrier = Response & { [fieldsKey]?: Record<string, unknown> }

/** Adds fields to the one line that is logged when the request ends. */
export function addLogFields(res: Response, fields: Record<string, unknown>): void {
  const carrier = res as Carrier
  const known = carrier[fieldsKey]
  if (known) Object.assign(known, fields)
  else carrier[fieldsKey] = fields
}

/** One line a request, at its end: what was asked, how it ended, how long it took. Never a body, never a secret. */
export function requestLog(logger: Logger, quiet: (path: string) => boolean): RequestHandler {
  return (req, res, next) => {
    // Routers shorten the path while they work, so it is read before.
    const { method, path } = req
    res.on('close', () => {
      const { requestId, startedAt } = contextOf(res)
      const line = {
        requestId,
        method,
        path,
        status: res.statusCode,
        ms: Math.round(performance.now() - startedAt),
        ...(res.writableFinished ? undefined : { closedEarly: true }),
        ...(res as Carrier)[fieldsKey],
      }
      if (quiet(path)) logger.debug(line, 'request')
      else logger.info(line, 'request')
    })
    next()
  }
}

/** How an error is told to the log: the caller's faults as a field, ours with stack and cause. */
export function reportTo(logger: Logger): (error: AppError, res: Response) => void {
  return (error, res) => {
    addLogFields(res, { error: error.code, errorMessage: error.message })
    const { requestId } = contextOf(res)
    if (error.status >= 500)
      logger.error({ requestId, err: error, details: error.details }, 'request failed')
  }
}
