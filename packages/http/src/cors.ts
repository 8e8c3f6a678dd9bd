import cors from 'cors'
import type { RequestHandler } from 'express'

/** Browsers may call from the origins of CORS_ORIGINS; without any the headers are never sent. */
export function corsFor(origins: readonly string[]): RequestHandler {
  const anyOrigin = origins.includes('*')
  const handle = cors({
    origin: anyOrigin ? '*' : [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    exposedHeaders: [
      'x-request-id',
      'openai-processing-ms',
      'retry-after',
      'x-should-retry',
      'x-session-id',
      'x-agent-run-id',
      ...['limit', 'remaining', 'reset'].flatMap((word) =>
        ['requests', 'tokens'].map((what) => `x-ratelimit-${word}-${what}`),
      ),
    ],
    // Without a list the library reflects what the browser asks for, so SDK headers (x-stainless-*) always pass.
    maxAge: 600,
  })
  return (req, res, next) => {
    if (req.headers.origin === undefined || origins.length === 0) next()
    else handle(req, res, next)
  }
}
