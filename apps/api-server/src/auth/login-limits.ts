/** Failed logins are counted, by account and by address, so that passwords cannot be tried out. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '@tandem/schemas'
import { networkOf } from './network-of.ts'

export interface LoginLimits {
  /**
   * Runs a check of a password, which is counted as failed until it turns out well: many at once get no more tries.
   * @throws AppError `rate_limit_exceeded` after too many failures; nothing is then checked.
   */
  attempt<T>(who: Attempt, check: () => Promise<T>): Promise<T>
}

export interface Attempt {
  username: string
  /** The caller's address. */
  address: string
}

export interface LoginLimitsOptions {
  perAccount?: number
  perAddress?: number
  windowSeconds?: number
}

export function createLoginLimits({
  perAccount = 10,
  perAddress = 50,
  windowSeconds = 15 * 60,
}: LoginLimitsOptions = {}): LoginLimits {
  const accounts = new RateLimiterMemory({ points: perAccount, duration: windowSeconds })
  const addresses = new RateLimiterMemory({ points: perAddress, duration: windowSeconds })
  return {
    async attempt({ username, address }, check) {
      // As the database folds names: another spelling is no new account.
      const account = username.normalize('NFKC').toLowerCase()
      const network = networkOf(address)
      await consume(addresses, network)
      await consume(accounts, account)
      try {
        const result = await check()
        await Promise.all([accounts.delete(account), addresses.reward(network)])
        return result
      } catch (error) {
        // Only a wrong password is a failed login: not a database that is down, not a request that was not valid.
        if (!isWrongPassword(error))
          await Promise.all([accounts.reward(account), addresses.reward(network)])
        throw error
      }
    },
  }
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof AppError && error.code === 'invalid_credentials'
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused
    throw new AppError('rate_limit_exceeded', {
      message: 'Too many failed logins.',
      retryAfterMs: refused.msBeforeNext,
    })
  }
}
