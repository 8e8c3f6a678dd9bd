import type { Request, RequestHandler } from 'express'
import type { UsageGroup, UsageQuery, UsageSummary } from '@tandem/db'
import { sendJson } from '@tandem/http'
import { AppError, parseInput, usageQuerySchema, type UsageReport } from '@tandem/schemas'
import { principalOf } from '../auth/authenticate.ts'
import type { Deps } from '../deps.ts'

const dayMs = 86_400_000
const defaultDays = 30

/** `GET /api/usage`: what one has spent oneself. */
export function ownUsage({ db, now }: Deps): RequestHandler {
  return async (req, res) => {
    const query = toQuery(req, now())
    const rows = await db.usage.summarize(principalOf(res).userId, query)
    sendJson(res, toReport(query, rows))
  }
}

/** `GET /api/admin/usage`: what everyone has spent, or one user; for administrators. */
export function allUsage({ db, now }: Deps): RequestHandler {
  return async (req, res) => {
    const query = toQuery(req, now())
    const { user_id: userId } = query
    const rows = await (userId === undefined
      ? db.usage.summarizeAll(query)
      : db.usage.summarize(userId, query))
    sendJson(res, toReport(query, rows))
  }
}

type Query = UsageQuery & { user_id: string | undefined }

/** The last 30 days by day, where nothing else is asked for. */
function toQuery({ query }: Request, now: number): Query {
  const { from, to, group_by, user_id } = parseInput(usageQuerySchema, query)
  const end = to === undefined ? now + 1 : toTime(to, 'end')
  const start = from === undefined ? startOfDay(end - defaultDays * dayMs) : toTime(from, 'start')
  if (start >= end) {
    throw new AppError('invalid_request', {
      message: "Invalid 'from': it must be before 'to'.",
      param: 'from',
    })
  }
  const groupBy: readonly UsageGroup[] = group_by ?? ['day']
  return { from: start, to: end, groupBy, user_id }
}

/** A day stands for its first moment, or as an end for the first moment after it. */
function toTime(text: string, side: 'start' | 'end'): number {
  const time = Date.parse(text)
  return side === 'end' && !text.includes('T') ? time + dayMs : time
}

function startOfDay(time: number): number {
  return Math.floor(time / dayMs) * dayMs
}

function toReport({ from, to, groupBy }: UsageQuery, rows: readonly UsageSummary[]): UsageReport {
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    group_by: [...groupBy],
    data: rows.map((row) => ({ ...toGroup(row), ...toSums([row]) })),
    totals: toSums(rows),
  }
}

function toGroup({ day, provider, model, userId, username }: UsageSummary): object {
  return {
    ...(day !== undefined && { day }),
    ...(model !== undefined && { provider, model }),
    ...(userId !== undefined && { user_id: userId, username }),
  }
}

function toSums(rows: readonly UsageSummary[]): UsageReport['totals'] {
  const sum = (read: (row: UsageSummary) => number): number =>
    rows.reduce((total, row) => total + read(row), 0)
  return {
    requests: sum(({ requests }) => requests),
    failed_requests: sum(({ errors }) => errors),
    estimated_requests: sum(({ estimated }) => estimated),
    prompt_tokens: sum(({ promptTokens }) => promptTokens),
    completion_tokens: sum(({ completionTokens }) => completionTokens),
    total_tokens: sum(({ promptTokens, completionTokens }) => promptTokens + completionTokens),
    cached_tokens: sum(({ cachedTokens }) => cachedTokens),
    reasoning_tokens: sum(({ reasoningTokens }) => reasoningTokens),
  }
}
