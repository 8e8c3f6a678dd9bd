import { afterEach, describe, expect, it } from '@jest/globals'
import { AppError } from '@tandem/schemas'
import pino from 'pino'
import { createRunRetention, type RunRetention } from './run-retention.ts'

let retention: RunRetention | undefined
afterEach(() => retention?.close())

/** A database that removes so many at each call; an error is thrown. */
function start(days: number, script: readonly (number | Error)[]) {
  const asked: number[] = []
  const runs = {
    async removeOld(before: number) {
      asked.push(before)
      const next = script[asked.length - 1] ?? 0
      if (next instanceof Error) throw next
      return next
    },
  }
  const logger = pino({ level: 'silent' })
  retention = createRunRetention({ runs, days, logger, now: () => 40 * 86_400_000 })
  return { asked, retention }
}

describe('old runs', () => {
  it('are removed until none is left', async () => {
    const { asked, retention: swept } = start(30, [50, 20])
    await swept.sweep()
    expect(asked).toEqual([1, 2, 3].map(() => 10 * 86_400_000))
  })

  it('are kept for ever where that is set', async () => {
    const { asked, retention: swept } = start(0, [50])
    await swept.sweep()
    expect(asked).toEqual([])
  })

  it('stay where the storage fails, until the next time', async () => {
    const { asked, retention: swept } = start(30, [new AppError('storage_unavailable'), 1])
    await swept.sweep()
    expect(asked).toHaveLength(1)
    await swept.sweep()
    expect(asked).toHaveLength(3)
  })

  it('are looked for once, however often that is asked, and no more when it stops', async () => {
    const { asked, retention: swept } = start(30, [50, 50, 50, 50])
    await Promise.all([swept.sweep(), swept.sweep(), swept.close()])
    expect(asked).toHaveLength(1)
    await swept.sweep()
    expect(asked).toHaveLength(1)
  })
})
