import type { RequestHandler } from 'express'
import type { StoredMessage } from '@tandem/db'
import { sendJson } from '@tandem/http'
import { toJson } from '@tandem/providers'
import {
  AppError,
  parseInput,
  sessionHistoryQuerySchema,
  type SessionExport,
} from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import type { FileLinks, LinkedFile } from '../../files/file-links.ts'
import { found, sessionIdOf } from './sessions.ts'
import { toHistoryMessage, toSummary, toTime } from './wire.ts'

/** `GET /api/chat/history/{id}`: from the beginning, a page at a time. */
export function getHistory({ db, fileLinks }: Deps): RequestHandler {
  return async (req, res) => {
    const owner = principalOf(res).userId
    const id = sessionIdOf(req)
    const { limit, cursor } = parseInput(sessionHistoryQuerySchema, req.query)
    const afterSeq = toSeq(cursor)
    const { system } = found(await db.sessions.get(owner, id))
    const stored = await db.messages.list(owner, id, { limit: limit + 1, afterSeq })
    const shown = stored.slice(0, limit)
    const last = stored.length > limit ? shown.at(-1) : undefined
    const body = {
      session_id: id,
      system,
      messages: shown.map((each) => toHistoryMessage(each, linkOf(fileLinks, owner))),
      next_cursor: last ? String(last.seq) : null,
    }
    sendJson(res, await toJson(body))
  }
}

function linkOf(fileLinks: FileLinks, owner: string): (file: LinkedFile) => string {
  return (file) => fileLinks.create(owner, file).url
}

/** A message's place is no secret: it tells where a page ended. */
function toSeq(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw new AppError('invalid_request', {
    message: 'The cursor is not valid; start again without it.',
    param: 'cursor',
  })
}

const exportPage = 500

async function allMessages(
  { messages }: Pick<Deps['db'], 'messages'>,
  owner: string,
  id: string,
): Promise<StoredMessage[]> {
  const all: StoredMessage[] = []
  for (;;) {
    const page = await messages.list(owner, id, { limit: exportPage, afterSeq: all.at(-1)?.seq })
    all.push(...page)
    if (page.length < exportPage) return all
  }
}

/** `GET /api/chat/sessions/{id}/export`: all of it, as a file. */
export function exportSession({ db, fileLinks, now }: Deps): RequestHandler {
  return async (req, res) => {
    const owner = principalOf(res).userId
    const id = sessionIdOf(req)
    const session = found(await db.sessions.get(owner, id))
    const messages = await allMessages(db, owner, id)
    const body: SessionExport = {
      session: toSummary(session),
      system: session.system,
      messages: messages.map((each) => toHistoryMessage(each, linkOf(fileLinks, owner))),
      exported_at: toTime(now()),
    }
    res.setHeader('content-disposition', `attachment; filename="${id}.json"`)
    sendJson(res, await toJson(body))
  }
}
