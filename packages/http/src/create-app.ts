import express, { type Express } from 'express'

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
