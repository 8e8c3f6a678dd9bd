import type { Response } from 'express'
import { AppError } from '@tandem/schemas'
import { principalOf } from '../auth/authenticate.ts'

/** How many streamed answers each user has open on this server. */
export interface StreamSlots {
  /** Counts this answer until it closes. @throws AppError `rate_limit_exceeded` where the user has as many as allowed */
  hold(res: Response): void
}

/** @param limit streams a user; 0 is no limit */
export function createStreamSlots(limit: number): StreamSlots {
  const open = new Map<string, number>()
  function release(userId: string): void {
    const left = (open.get(userId) ?? 1) - 1
    if (left > 0) open.set(userId, left)
    else open.delete(userId)
  }
  return {
    hold(res) {
      if (limit === 0) return
      const { userId } = principalOf(res)
      const count = open.get(userId) ?? 0
      if (count >= limit) {
        throw new AppError('rate_limit_exceeded', {
          message: `You have ${count} streamed answers open, and no more are allowed at once. Wait until one has ended.`,
          retryAfterMs: 1000,
        })
      }
      open.set(userId, count + 1)
      res.once('close', () => release(userId))
    },
  }
}
