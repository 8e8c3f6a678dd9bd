/** What each owner's uploads that are still running have taken, so that many at once cannot overrun the quota. */
import { AppError } from '@tandem/schemas'
import type { FileQuota, FileUse } from '@tandem/db'

export interface Allowance {
  /** @throws AppError `file_quota_exceeded` where stored and running uploads together would be more than the quota. */
  take(bytes: number): void
  /** Gives everything back; call it once, however the upload ended. */
  release(): void
}

export interface Allowances {
  /** `stored` is what the owner had when the upload began. */
  begin(owner: string, stored: FileUse): Allowance
}

export function createAllowances(quota: FileQuota): Allowances {
  const running = new Map<string, number>()
  const add = (owner: string, bytes: number): void => {
    const sum = (running.get(owner) ?? 0) + bytes
    if (sum > 0) running.set(owner, sum)
    else running.delete(owner)
  }
  return {
    begin(owner, stored) {
      if (stored.files >= quota.files) throw tooMuch(quota)
      let taken = 0
      return {
        take(bytes) {
          if (stored.bytes + (running.get(owner) ?? 0) + bytes > quota.bytes) throw tooMuch(quota)
          taken += bytes
          add(owner, bytes)
        },
        release() {
          add(owner, -taken)
          taken = 0
        },
      }
    },
  }
}

export function tooMuch({ bytes, files }: FileQuota): AppError {
  return new AppError('file_quota_exceeded', {
    message: `Your files may take ${toMiB(bytes)} MiB and be ${files} at most.`,
  })
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / 2 ** 20)
}
