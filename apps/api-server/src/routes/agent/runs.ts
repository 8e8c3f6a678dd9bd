import type { Request, RequestHandler } from 'express'
import type { AppDb, StoredRun, RunWait } from '@tandem/db'
import { sendJson } from '@tandem/http'
import { AppError, parseInput, runListQuerySchema, type Run } from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import type { Deps } from '../../deps.ts'
import { toTime } from '../chat/wire.ts'

/** `GET /api/agent/runs`: one's own, newest first. */
export function listRuns({ db }: Deps): RequestHandler {
  return async (req, res) => {
    const { session_id: sessionId, ...query } = parseInput(runListQuerySchema, req.query)
    const { runs, nextCursor } = await db.runs.list(principalOf(res).userId, {
      ...query,
      sessionId,
    })
    sendJson(res, { runs: runs.map(toSummary), next_cursor: nextCursor ?? null })
  }
}

/** `GET /api/agent/runs/{id}` */
export function getRun({ db }: Deps): RequestHandler {
  return async (req, res) => {
    sendJson(res, await readRun(db, principalOf(res).userId, runIdOf(req)))
  }
}

/** `POST /api/agent/runs/{id}/cancel`: also one that waits; one that is over stays as it is. */
export function cancelRun({ db, runLog }: Deps): RequestHandler {
  return async (req, res) => {
    const owner = principalOf(res).userId
    const id = runIdOf(req)
    if (!(await db.runs.get(owner, id))) throw new AppError('run_not_found')
    if (!(await runLog.cancel(owner, id))) await db.runs.cancelWaiting(owner, id)
    sendJson(res, await readRun(db, owner, id))
  }
}

/** @throws AppError `run_not_found` for what no run can be called */
export function runIdOf({ params }: Request): string {
  const { id } = params
  if (typeof id !== 'string' || !/^run_[\w-]{1,64}$/.test(id)) throw new AppError('run_not_found')
  return id
}

async function readRun({ runs }: Pick<AppDb, 'runs'>, owner: string, id: string): Promise<Run> {
  const run = await runs.get(owner, id)
  if (!run) throw new AppError('run_not_found')
  const waits = (await runs.waiting(owner, id))?.waits.map(toWaitingCall) ?? []
  return {
    ...toSummary(run),
    pending_approvals: run.status === 'waiting_approval' ? waits : [],
    pending_tool_calls: run.status === 'waiting_tools' ? waits : [],
  }
}

function toSummary(run: StoredRun): Omit<Run, 'pending_approvals' | 'pending_tool_calls'> {
  const { promptTokens, completionTokens, errorCode, errorMessage } = run
  return {
    id: run.id,
    agent: run.agent,
    model: run.model,
    session_id: run.sessionId,
    status: run.status,
    stop_reason: run.stopReason,
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
    steps: run.steps,
    model_calls: run.modelCalls,
    tool_calls: run.toolCalls,
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
    events: run.lastSeq,
    created_at: toTime(run.createdAt),
    updated_at: toTime(run.updatedAt),
  }
}

function toWaitingCall({
  callId,
  tool,
  arguments: given,
}: RunWait): Run['pending_approvals'][number] {
  return { call_id: callId, tool, arguments: given }
}
