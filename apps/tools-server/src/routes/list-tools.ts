import type { RequestHandler } from 'express'
import { sendJson } from '@tandem/http'
import { callerOf } from '../auth/service-caller.ts'
import type { Deps } from '../deps.ts'

/** `GET /tools`: all that the caller has, also what is not available, with the reason; and plugins that did not load. */
export function listTools({ toolbox }: Deps): RequestHandler {
  return async (_req, res) => {
    sendJson(res, await toolbox.list(callerOf(res).sub))
  }
}
