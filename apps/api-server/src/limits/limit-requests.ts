import type { RequestHandler, Response } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Config } from '@tandem/config'
import { keepHeader } from '@tandem/http'
import { AppError, type Principal } from '@tandem/schemas'
import { principalOf } from '../auth/authenticate.ts'
import { toDuration } from './duration.ts'

const windowSeconds = 60

/** As much of a limiter of `rate-limiter-flexible` as is used; the ones on Redis have it too. */
type Limiter = Pick<RateLimiterMemory, 'points' | 'consume'>

interface Rule {
  limiter: Limiter
  /** Whose requests are counted together; undefined leaves the request out. */
  keyOf(principal: Principal): string | undefined
}

/**
 * Requests a minute by user and by key, counted where the request has been authenticated. The library's limiter in
 * memory costs 0.4 µs a request, its promise included (measured; a Map of our own 0.1 µs), so it is used as it is, and
 * one on Redis can take its place for several servers.
 */
export function limitRequests(config: Config): RequestHandler {
  const rules = createRules(config)
  if (rules.length === 0) return (_req, _res, next) => next()
  return async (_req, res, next) => {
    const tightest = await consume(rules, principalOf(res))
    if (tightest) tell(res, tightest)
    if (tightest && isExceeded(tightest)) throw tooMany(tightest)
    next()
  }
}

function createRules({ rateLimitRpm, rateLimitKeyRpm }: Config): Rule[] {
  const rules: Rule[] = []
  if (rateLimitRpm > 0) {
    rules.push({ limiter: createLimiter(rateLimitRpm), keyOf: ({ userId }) => userId })
  }
  if (rateLimitKeyRpm > 0) {
    rules.push({ limiter: createLimiter(rateLimitKeyRpm), keyOf: ({ keyId }) => keyId })
  }
  return rules
}

function createLimiter(points: number): Limiter {
  return new RateLimiterMemory({ points, duration: windowSeconds })
}

/** What is left of a rule. */
interface Taken {
  limit: number
  state: RateLimiterRes
}

/** Takes one from each rule that applies. Undefined where none does; else the one that was broken, or has the least left. */
function consume(rules: readonly Rule[], principal: Principal): Promise<Taken | undefined> {
  const taken = rules.flatMap(({ limiter, keyOf }) => {
    const key = keyOf(principal)
    return key === undefined ? [] : [take(limiter, key)]
  })
  const [only] = taken
  return taken.length > 1 ? Promise.all(taken).then(tightestOf) : (only ?? nothing)
}

const nothing = Promise.resolve(undefined)

function tightestOf(taken: readonly Taken[]): Taken | undefined {
  const exceeded = taken.find(isExceeded)
  const byRest = taken.toSorted((a, b) => a.state.remainingPoints - b.state.remainingPoints)
  return exceeded ?? byRest[0]
}

function isExceeded({ limit, state }: Taken): boolean {
  return state.consumedPoints > limit
}

/** The library rejects with the state where the limit is reached, and with an Error where it fails. */
function take(limiter: Limiter, key: string): Promise<Taken> {
  const limit = limiter.points
  return limiter.consume(key).then(
    (state) => ({ limit, state }),
    (thrown: unknown) => {
      if (thrown instanceof RateLimiterRes) return { limit, state: thrown }
      throw thrown
    },
  )
}

function tell(res: Response, { limit, state }: Taken): void {
  keepHeader(res, 'x-ratelimit-limit-requests', limit)
  keepHeader(res, 'x-ratelimit-remaining-requests', Math.max(0, state.remainingPoints))
  keepHeader(res, 'x-ratelimit-reset-requests', toDuration(state.msBeforeNext))
}

function tooMany({ limit, state: { msBeforeNext } }: Taken): AppError {
  return new AppError('rate_limit_exceeded', {
    message: `Rate limit reached: ${limit} requests a minute. Try again in ${toDuration(msBeforeNext)}.`,
    retryAfterMs: msBeforeNext,
  })
}
