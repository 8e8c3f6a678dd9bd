/** What the main API asks when a session or a user is gone there. */
import type { RequestHandler } from 'express'
import { sendJson } from '@tandem/http'
import { AppError } from '@tandem/schemas'
import { callerOf } from '../auth/service-caller.ts'
import type { Deps } from '../deps.ts'

/** `DELETE /session`: the files that its runs made, and its scratch. It is named by the service token. */
export function removeSession({ calls, files, removeScratch }: Deps): RequestHandler {
  return async (_req, res) => {
    const { sub, session } = callerOf(res)
    if (session === undefined) {
      throw new AppError('invalid_request', { message: 'The service token names no session.' })
    }
    await calls.stop({ owner: sub, sessionId: session })
    await removeScratch(sub, session)
    await files.removeAll(sub, session)
    sendJson(res, { deleted: true })
  }
}

/** `DELETE /owner`: all that the caller has here. */
export function removeOwner({
  calls,
  files,
  functions,
  knowledge,
  removeScratch,
}: Deps): RequestHandler {
  return async (_req, res) => {
    const { sub } = callerOf(res)
    await calls.stop({ owner: sub })
    await removeScratch(sub)
    await functions.removeAll(sub)
    await knowledge.collections.removeAll(sub)
    await files.removeAll(sub)
    sendJson(res, { deleted: true })
  }
}
