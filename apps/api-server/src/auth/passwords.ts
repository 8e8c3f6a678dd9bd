/** Passwords: bcrypt in Node's thread pool, never more of it at once than leaves the server quick. */
import { availableParallelism } from 'node:os'
import bcrypt from 'bcrypt'
import pLimit from 'p-limit'
import { AppError } from '@tandem/schemas'

export interface Passwords {
  hash(password: string): Promise<string>
  /** Without a hash (nobody has that name) it takes as long, and is false. */
  matches(password: string, hash: string | undefined): Promise<boolean>
}

export interface PasswordsOptions {
  /** bcrypt's rounds, as a power of two. */
  cost: number
  concurrency?: number
  /** How many may wait; more are told to come back. */
  maxWaiting?: number
}

const retryAfterMs = 5000

/** Takes only what `passwordSchema` lets pass: bcrypt itself would cut a longer password. */
export function createPasswords({
  cost,
  concurrency = Math.max(1, Math.min(2, availableParallelism() - 1)),
  maxWaiting = 64,
}: PasswordsOptions): Passwords {
  const line = pLimit(concurrency)
  const nobody = `${bcrypt.genSaltSync(cost)}${'.'.repeat(31)}`
  const inLine = <T>(work: () => Promise<T>): Promise<T> => {
    if (line.pendingCount >= maxWaiting) {
      throw new AppError('rate_limit_exceeded', {
        message: 'Too many passwords are being checked at once.',
        retryAfterMs,
      })
    }
    return line(work)
  }
  return {
    hash: async (password) => inLine(() => bcrypt.hash(password, cost)),
    matches: async (password, hash) => {
      const same = await inLine(() => bcrypt.compare(password, hash ?? nobody))
      return same && hash !== undefined
    },
  }
}
