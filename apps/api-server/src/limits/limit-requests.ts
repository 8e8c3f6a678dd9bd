import type { RequestHandler, Response } from 'express'
import type { Config } from '@tandem/config'
import { keepHeader } from '@tandem/http'
import { AppError, type Principal } from '@tandem/schemas'
import { toolCallOf } from '../auth/allow-models-token.ts'
import { principalOf } from '../auth/authenticate.ts'
import { toDuration } from './duration.ts'
import { createRequestWindows, type RequestWindows, type Taken } from './request-windows.ts'

const windowMs = 60_000

interface Rule {
  windows: RequestWindows
  /** Whose requests are counted together; undefined leaves the request out. */
  keyOf(principal: Principal): string | undefined
}

/**
 * Requests a minute by user and by key, counted where the request has been authenticated. Synchronous, and of our own: in a
 * stream's time to its first byte a library's promises came to 60 µs.
 * What a tool asks belongs to the request that called the tool, as an agent's own questions do.
 * @throws AppError `rate_limit_exceeded`
 */
export function limitRequests(config: Config): RequestHandler {
  const rules = createRules(config)
  return (_req, res, next) => {
    const tightest = toolCallOf(res) ? undefined : takeFrom(rules, principalOf(res))
    if (tightest) tell(res, tightest)
    if (tightest?.isExceeded) throw tooMany(tightest)
    next()
  }
}

function createRules({ rateLimitRpm, rateLimitKeyRpm }: Config): Rule[] {
  const rules: Rule[] = []
  if (rateLimitRpm > 0) {
    const windows = createRequestWindows(rateLimitRpm, windowMs)
    rules.push({ windows, keyOf: ({ userId }) => userId })
  }
  if (rateLimitKeyRpm > 0) {
    const windows = createRequestWindows(rateLimitKeyRpm, windowMs)
    rules.push({ windows, keyOf: ({ keyId }) => keyId })
  }
  return rules
}

/** Takes one from each rule that applies. Undefined where none does; else the one that was broken, or has the least left. */
function takeFrom(rules: readonly Rule[], principal: Principal): Taken | undefined {
  let tightest: Taken | undefined
  for (const { windows, keyOf } of rules) {
    const key = keyOf(principal)
    const taken = key === undefined ? undefined : windows.take(key)
    if (taken && (!tightest || isTighter(taken, tightest))) tightest = taken
  }
  return tightest
}

function isTighter(one: Taken, other: Taken): boolean {
  if (one.isExceeded !== other.isExceeded) return one.isExceeded
  return one.remaining < other.remaining
}

function tell(res: Response, { limit, remaining, resetMs }: Taken): void {
  keepHeader(res, 'x-ratelimit-limit-requests', limit)
  keepHeader(res, 'x-ratelimit-remaining-requests', remaining)
  keepHeader(res, 'x-ratelimit-reset-requests', toDuration(resetMs))
}

function tooMany({ limit, resetMs }: Taken): AppError {
  return new AppError('rate_limit_exceeded', {
    message: `Rate limit reached: ${limit} requests a minute. Try again in ${toDuration(resetMs)}.`,
    retryAfterMs: resetMs,
  })
}
