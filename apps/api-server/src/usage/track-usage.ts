import type { Response } from 'express'
import type { UsageRecord, UsageWriter } from '@tandem/db'
import { contextOf } from '@tandem/http'
import type { Usage } from '@tandem/schemas'
import { principalOf } from '../auth/authenticate.ts'
import type { TurnFacts } from '../chat/turn.ts'
import { createAnswerSize, isComment, type AnswerSize } from './answer-size.ts'
import { toTokens } from './estimate.ts'

export interface UsageDeps {
  usage: Pick<UsageWriter, 'record'>
  /** Milliseconds since 1970. */
  now(): number
}

const failureKey = Symbol('tandem.stream-failure')
type Carrier = Response & { [failureKey]?: number }

/** A stream that breaks off has the status 200 already: it counts with the status of the error event that it ends with. */
export function noteStreamFailure(res: Response, status: number): void {
  ;(res as Carrier)[failureKey] = status
}

interface Seen {
  provider: string
  model: string
  sessionId: string | undefined
  /** Set once the request went to the model. */
  estimatePrompt: (() => number) | undefined
  usage: Usage | undefined
  spent: (() => Usage | undefined) | undefined
  firstAt: number | undefined
  answer: AnswerSize
}

/**
 * Follows one request by the facts of its turn and records what it spent when its response closes, however it ends. A
 * request that never reached a model is not recorded.
 */
export function trackUsage(res: Response, deps: UsageDeps): (facts: TurnFacts) => void {
  const seen: Seen = {
    provider: '',
    model: '',
    sessionId: undefined,
    estimatePrompt: undefined,
    usage: undefined,
    spent: undefined,
    firstAt: undefined,
    answer: createAnswerSize(),
  }
  return (facts) => {
    // Told at each event, and alone.
    if (facts.answer !== undefined) {
      see(seen, facts.answer)
      return
    }
    const { provider, model, sessionId, prompt, usage } = facts
    if (usage) {
      seen.usage = usage
      seen.answer.forget()
    }
    if (provider !== undefined) seen.provider = provider
    if (model !== undefined) seen.model = model
    if (sessionId !== undefined) seen.sessionId = sessionId
    if (facts.spent) seen.spent = facts.spent
    if (prompt === undefined) return
    if (!seen.estimatePrompt) res.on('close', () => deps.usage.record(toRecord(res, seen, deps)))
    seen.estimatePrompt = prompt
  }
}

function see(seen: Seen, answer: Buffer | string): void {
  if (typeof answer === 'string') seen.answer.addText(answer)
  else if (seen.firstAt === undefined && isComment(answer)) return
  else seen.answer.addBytes(answer)
  seen.firstAt ??= performance.now()
}

function toRecord(res: Response, seen: Seen, deps: UsageDeps): UsageRecord {
  const { startedAt } = contextOf(res)
  const { userId, keyId } = principalOf(res)
  const status = statusOf(res)
  return {
    userId,
    keyId,
    sessionId: seen.sessionId,
    provider: seen.provider,
    model: seen.model,
    ...toCounts(seen, status),
    latencyMs: Math.round(performance.now() - startedAt),
    ttftMs: seen.firstAt === undefined ? undefined : Math.round(seen.firstAt - startedAt),
    status,
    createdAt: deps.now(),
  }
}

/** 499 where the client left before the end. */
function statusOf(res: Response): number {
  if (!res.writableFinished) return 499
  return (res as Carrier)[failureKey] ?? res.statusCode
}

type Counts = Pick<
  UsageRecord,
  'promptTokens' | 'completionTokens' | 'cachedTokens' | 'reasoningTokens' | 'estimated'
>

const nothing: Counts = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  estimated: false,
}

/** As reported; else estimated from what was asked and what came. A request that a provider refused spent nothing. */
function toCounts(seen: Seen, status: number): Counts {
  const { firstAt, answer } = seen
  const usage = seen.usage ?? seen.spent?.()
  if (usage) return toReported(usage)
  if (seen.spent) return nothing
  const refused = firstAt === undefined && status >= 400 && status !== 499
  if (refused) return nothing
  return {
    ...nothing,
    promptTokens: seen.estimatePrompt?.() ?? 0,
    completionTokens: toTokens(answer.characters()),
    estimated: true,
  }
}

function toReported(usage: Usage): Counts {
  return {
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    cachedTokens: toCount(usage.prompt_tokens_details?.cached_tokens),
    reasoningTokens: toCount(usage.completion_tokens_details?.reasoning_tokens),
    estimated: usage.estimated ?? false,
  }
}

/** Providers' details are not checked as strictly as their sums. */
function toCount(value: number | null | undefined): number {
  return Number.isFinite(value) ? Math.max(0, Math.round(value ?? 0)) : 0
}
