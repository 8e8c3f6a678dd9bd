import type { ErrorRequestHandler, Express, RequestHandler, Response } from 'express'

import { AppError, toAppError, toErrorBody } from '@tandem/schemas'
import { sendJson } from './send-json.ts'

/** Sends an error in OpenAI's shape; a no-op where the client has gone. */
export function sendError(res: Response, error: AppError): void {
  if (res.headersSent || res.destroyed) {
    res.destroy()
    return
  }
  setErrorHeaders(res, error)
  sendJson(res, toErrorBody(error), error.status)
}

function setErrorHeaders(res: Response, error: AppError): void {
  if (error.retryAfterMs !== undefined) {
    res.setHeader('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)))
  }
  if (error.spent) res.setHeader('x-should-retry', 'false')
  if (error.code === 'server_shutting_down') res.setHeader('connection', 'close')
}

/** The one place where an error becomes an answer, before the first byte. `report` sees each one. */
export function errorHandler(
  report: (error: AppError, res: Response) => void,
): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  // oxlint-disable-next-line max-params
  return (thrown: unknown, _req, res, _next) => {
    const error = fromExpress(thrown)
    report(error, res)
    sendError(res, error)
  }
}

/** Express and its router throw http-errors (a path that cannot be decoded, say); theirs are the caller's fault. */
function fromExpress(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const status = (thrown as { status?: unknown } | null)?.status
  if (status === 400) return new AppError('invalid_request', { cause: thrown })
  return toAppError(thrown)
}

/** Nothing matched: 405 with `allow` where the path exists under another method, else 404. */
export function notFound(app: Express): RequestHandler {
  return (req, res) => {
    const allowed = methodsAt(app, req.path)
    if (allowed.length === 0 || allowed.includes(req.method)) {
      throw new AppError('not_found', { message: `There is no ${req.method} ${req.path}.` })
    }
    res.setHeader('allow', allowed.join(', '))
    throw new AppError('method_not_allowed', {
      message: `${req.path} does not allow ${req.method}: use ${allowed.join(' or ')}.`,
    })
  }
}

/** What the router itself would take; its layers' `match` is missing from the published types. */
function methodsAt(app: Express, path: string): string[] {
  const layers = app.router.stack as unknown as RouterLayer[]
  const routes = layers.flatMap((layer) =>
    layer.route !== undefined && layer.match(path) ? layer.route.stack : [],
  )
  return [...new Set(routes.flatMap(({ method }) => (method ? [method.toUpperCase()] : [])))]
}

interface RouterLayer {
  match(path: string): boolean
  route?: { stack: { method?: string }[] }
}
