import type { RequestHandler } from 'express'
import type { Decision } from '@tandem/agents'
import type { RunWait, WaitingRun } from '@tandem/db'
import { contextOf, parseJsonObject, readBody } from '@tandem/http'
import {
  AppError,
  approvalListSchema,
  approvalSchema,
  parseInput,
  type Message,
  type Principal,
} from '@tandem/schemas'
import { principalOf } from '../../auth/authenticate.ts'
import { parseRunInput } from '../../chat/agent/run-input.ts'
import type { Turn } from '../../chat/turn.ts'
import type { Deps } from '../../deps.ts'
import { answerChat } from '../openai/answer-chat.ts'
import { runIdOf } from './runs.ts'

const bodyLimitBytes = 1024 * 1024

/** `POST /api/agent/runs/{id}/approvals`: lets a run go on that waits; answers as the completion that it paused in. */
export function decideApprovals(deps: Deps): RequestHandler {
  return async (req, res) => {
    const owner = principalOf(res).userId
    const id = runIdOf(req)
    const json = parseJsonObject(await readBody(req, bodyLimitBytes), deps.config.maxJsonDepth)
    const request = readRequest(json)
    const waiting = await deps.db.runs.waiting(owner, id)
    if (waiting?.run.status !== 'waiting_approval') {
      throw new AppError((await deps.db.runs.get(owner, id)) ? 'run_not_waiting' : 'run_not_found')
    }
    const { requestId } = contextOf(res)
    const decisions = toDecisions(request, waiting.waits)
    const stream = request.stream ?? false
    const includeUsage = stream && request.stream_options?.include_usage === true
    const turn = toTurn(waiting, decisions, { requestId, principal: principalOf(res) })
    const model = parseRunInput(waiting.input).answersAs
    await answerChat({ turn, model, stream, includeUsage, legacyFunctions: false }, res, deps)
  }
}

type Decisions = Record<string, Decision>
/** What was asked for, one by one. @throws AppError `missing_parameter`, `invalid_request` */
function readRequest(json: Record<string, unknown>): ApprovalRequest {
  if (json['approvals'] !== undefined) return parseInput(approvalListSchema, json)
  const one = parseInput(approvalSchema, json)
  return { ...one, approvals: [one] }
}

interface ApprovalRequest {
  approvals: {
    call_id?: string | null | undefined
    approve: boolean
    reason?: string | null | undefined
  }[]
  stream?: boolean | null | undefined
  stream_options?: { include_usage?: boolean | null | undefined } | null | undefined
}

/** @throws AppError `invalid_request` for a call that does not wait */
function toDecisions({ approvals }: ApprovalRequest, waits: readonly RunWait[]): Decisions {
  const ids = waits.map(({ callId }) => callId)
  const entries = approvals.flatMap(({ call_id: id, approve, reason }): [string, Decision][] => {
    if (typeof id === 'string' && !ids.includes(id)) throw notWaiting(id, ids)
    const decision = { approved: approve, ...(reason && { reason }) }
    return (typeof id === 'string' ? [id] : ids).map((each) => [each, decision])
  })
  return Object.fromEntries(entries)
}

function notWaiting(id: string, ids: readonly string[]): AppError {
  return new AppError('invalid_request', {
    message: `Invalid 'call_id': no call '${id.slice(0, 128)}' waits. Those that wait: ${ids.join(', ')}.`,
    param: 'call_id',
  })
}

/** The run's own turn once more; in its session the decision is what the user says. */
function toTurn(
  { run, input: stored, waits }: WaitingRun,
  decisions: Decisions,
  caller: { requestId: string; principal: Principal },
): Turn {
  const input = parseRunInput(stored)
  const { model, request, options, availableTools, agent: name } = input
  return {
    ...caller,
    ...(run.sessionId !== null && { session: { id: run.sessionId, create: false } }),
    model,
    agent: { name, runId: run.id, options, decisions },
    request: { ...request, messages: [toUserMessage(decisions, waits)] },
    ...(availableTools && { availableTools }),
    attachments: [],
    memory: { read: false, write: false },
  }
}

function toUserMessage(decisions: Decisions, waits: readonly RunWait[]): Message {
  const lines = waits.flatMap(({ callId, tool }) => {
    const decision = decisions[callId]
    if (!decision) return []
    const why = decision.reason ? ` (${decision.reason})` : ''
    return [`${decision.approved ? 'Approved' : 'Declined'}: \`${tool}\`${why}`]
  })
  return { role: 'user', content: lines.join('\n'), reasoning: undefined }
}
