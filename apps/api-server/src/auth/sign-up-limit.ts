import { AppError } from '@tandem/schemas'
import { toDuration } from '../limits/duration.ts'
import { createRequestWindows } from '../limits/request-windows.ts'
import { networkOf } from './network-of.ts'

/** @throws AppError `rate_limit_exceeded` after too many sign-ups from this address, taken names included */
export type TakeSignUp = (address: string) => void

const hourMs = 3_600_000

/** `perHour` 0 is no limit. */
export function createSignUpLimit(perHour: number): TakeSignUp {
  if (perHour === 0) return () => {}
  const windows = createRequestWindows(perHour, hourMs)
  return (address) => {
    const { isExceeded, resetMs } = windows.take(networkOf(address))
    if (!isExceeded) return
    throw new AppError('rate_limit_exceeded', {
      message: `Too many sign-ups from your address: ${perHour} an hour. Try again in ${toDuration(resetMs)}.`,
      remedy: '',
      retryAfterMs: resetMs,
    })
  }
}
