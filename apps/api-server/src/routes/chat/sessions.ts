import type { Request, RequestHandler } from 'express'
import type { Session } from '@tandem/db'
import { parseJsonObject, readBody, sendJson } from '@tandem/http'
import {
  AppError,
  parseInput,
  sessionIdSchema,
  sessionListQuerySchema,
  sessionPatchSchema,
} from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { findGoingRuns } from '../agent/going-runs.ts'
import { toSummary } from './wire.ts'

const bodyLimitBytes = 64 * 1024

/** `GET /api/chat/sessions`: one's own, newest first. */
export function listSessions({ db }: Deps): RequestHandler {
  return async (req, res) => {
    const page = parseInput(sessionListQuerySchema, req.query)
    const { sessions, nextCursor } = await db.sessions.list(principalOf(res).userId, page)
    sendJson(res, { sessions: sessions.map(toSummary), next_cursor: nextCursor ?? null })
  }
}

/** `PATCH /api/chat/sessions/{id}` */
export function renameSession({ db }: Deps): RequestHandler {
  return async (req, res) => {
    const id = sessionIdOf(req)
    const { title } = parseInput(
      sessionPatchSchema,
      parseJsonObject(await readBody(req, bodyLimitBytes)),
    )
    sendJson(res, toSummary(found(await db.sessions.rename(principalOf(res).userId, id, title))))
  }
}

/** `DELETE /api/chat/sessions/{id}`: also while it answers; a run of an agent ends, and what comes later is not kept. */
export function deleteSession(deps: Deps): RequestHandler {
  return async (req, res) => {
    const id = sessionIdOf(req)
    const owner = principalOf(res).userId
    const runs = await findGoingRuns(deps, owner, id)
    if (!(await deps.db.sessions.remove(owner, id))) throw notFound()
    await runs.stop()
    sendJson(res, { id, deleted: true })
  }
}

/** @throws AppError `session_not_found` for what no session can be called */
export function sessionIdOf({ params }: Request): string {
  const id = sessionIdSchema.safeParse(params['id'])
  if (!id.success) throw notFound()
  return id.data
}

/** @throws AppError `session_not_found`, also for someone else's */
export function found(session: Session | undefined): Session {
  if (!session) throw notFound()
  return session
}

function notFound(): AppError {
  return new AppError('session_not_found')
}
