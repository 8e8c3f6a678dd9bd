import type { Request, RequestHandler } from 'express'
import type { StoredEvent } from '@tandem/db'
import { contextOf } from '@tandem/http'
import { AppError, parseInput, runEventsQuerySchema } from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { toTime } from '../chat/wire.ts'
import { sendStream } from '../openai/answer.ts'
import { toFields } from './event-fields.ts'
import { runIdOf } from './runs.ts'

interface Log {
  owner: string
  id: string
  afterSeq: number
  signal: AbortSignal
}

/** `GET /api/agent/runs/{id}/events`: the log from its beginning or from `Last-Event-ID` on, then live while the run goes. */
export function runEvents(deps: Deps): RequestHandler {
  return async (req, res) => {
    const owner = principalOf(res).userId
    const id = runIdOf(req)
    const given = req.headers['last-event-id']
    const afterSeq = placeOf(req)
    const run = await deps.db.runs.get(owner, id)
    if (!run) throw new AppError('run_not_found')
    // An EventSource comes back at the end of each stream, until it is told that there is no more.
    if (given !== undefined && run.status !== 'running' && run.lastSeq <= afterSeq) {
      res.status(204).end()
      return
    }
    const { signal } = contextOf(res)
    await sendStream(res, deps, async () => tail({ owner, id, afterSeq, signal }, deps))
  }
}

/** @throws AppError `invalid_request` */
function placeOf({ headers, query }: Request): number {
  const given = headers['last-event-id']
  if (given === undefined || given === '') return parseInput(runEventsQuerySchema, query).after ?? 0
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given)
  throw new AppError('invalid_request', {
    message: "Invalid 'Last-Event-ID': send the id of the last event that came, or nothing.",
    param: 'Last-Event-ID',
  })
}

const page = 200

/** What the database has, again and again, until the run does not go any more and all of it was read. */
async function* tail(log: Log, { db, runLog }: Deps): AsyncGenerator<string> {
  const { owner, id, signal } = log
  const tools = new Map<string, string>()
  if (log.afterSeq > 0) await learnTools(log, tools, db)
  for (let afterSeq = log.afterSeq; !signal.aborted;) {
    const changed = new AbortController()
    const news = runLog.changed(id, AbortSignal.any([signal, changed.signal]))
    // In this order: a run that was over before had all its events stored.
    const run = await db.runs.get(owner, id)
    const events = await db.runs.events(owner, id, { afterSeq, limit: page })
    if (events.length > 0) yield events.map((event) => toSse(event, id, tools)).join('')
    afterSeq = events.at(-1)?.seq ?? afterSeq
    if (events.length === page) changed.abort()
    else if (run?.status !== 'running') return changed.abort()
    await news
  }
}

/** Ends of calls name their tool, which only their beginning tells. */
async function learnTools(
  { owner, id, afterSeq }: Log,
  tools: Map<string, string>,
  { runs }: Pick<Deps['db'], 'runs'>,
): Promise<void> {
  for (let seq = 0; seq < afterSeq;) {
    const events = await runs.events(owner, id, { afterSeq: seq, limit: page })
    for (const { event } of events) note(event, tools)
    if (events.length < page) return
    seq = events.at(-1)?.seq ?? afterSeq
  }
}

function note(event: StoredEvent['event'], tools: Map<string, string>): void {
  if (event.type === 'tool-start') tools.set(event.callId, event.tool)
}

function toSse({ seq, event, at }: StoredEvent, runId: string, tools: Map<string, string>): string {
  note(event, tools)
  const fields = toFields(event, { full: true, tools })
  const data = { run_id: runId, seq, at: toTime(at), ...fields }
  return `id: ${seq}\nevent: ${event.type}\ndata: ${JSON.stringify(data)}\n\n`
}
