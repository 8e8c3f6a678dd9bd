import express, { type Express, type RequestHandler } from 'express'

/** An Express app as both servers start from: nothing announced, nothing guessed, `//` and trailing slashes tolerated. */
export function createApp(): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  return app
}

/** Clients join base URLs carelessly: `…//v1//models` means `/v1/models`. */
export function collapseSlashes(url: string): string {
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  return path.includes('//') ? path.replaceAll(/\/{2,}/g, '/') + url.slice(path.length) : url
}

/**
 * Middlewares in a row as one layer, so that the router goes its way from layer to layer but once. Not for those that
 * return a promise: only the first one's would be waited for.
 */
export function inOneLayer(first: RequestHandler, ...others: RequestHandler[]): RequestHandler {
  const [second, ...rest] = others
  if (!second) return first
  const after = inOneLayer(second, ...rest)
  return (req, res, next) =>
    first(req, res, (error?: unknown) => {
      if (error === undefined) void after(req, res, next)
      else next(error)
    })
}
