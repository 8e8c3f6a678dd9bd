import { describe, expect, it } from '@jest/globals'
import { createPasswords } from './passwords.ts'

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

describe('passwords', () => {
  it('match their own hash alone, and each hash has its own salt', async () => {
    const passwords = createPasswords({ cost: 4 })
    const hashes = await Promise.all([passwords.hash('ann’s'), passwords.hash('ann’s')])
    expect(hashes[0]).toMatch(/^\$2b\$04\$/)
    expect(hashes[0]).not.toBe(hashes[1])
    expect(await passwords.matches('ann’s', hashes[1])).toBe(true)
    expect(await passwords.matches('ann', hashes[1])).toBe(false)
    expect(await passwords.matches('', hashes[1])).toBe(false)
    expect(await passwords.matches('ann’s', undefined)).toBe(false)
  })

  it('hashes of another cost still count', async () => {
    const hash = await createPasswords({ cost: 5 }).hash('password')
    expect(await createPasswords({ cost: 4 }).matches('password', hash)).toBe(true)
  })

  it('a name that nobody has takes as long as a wrong password', async () => {
    const passwords = createPasswords({ cost: 8 })
    const hash = await passwords.hash('password')
    const timed = { wrong: [] as number[], nobody: [] as number[] }
    for (let round = 0; round < 25; round += 1) {
      for (const [name, stored] of [
        ['wrong', hash],
        ['nobody', undefined],
      ] as const) {
        const started = performance.now()
        await passwords.matches('another', stored)
        timed[name].push(performance.now() - started)
      }
    }
    const ratio = median(timed.nobody) / median(timed.wrong)
    expect(ratio).toBeGreaterThan(0.6)
    expect(ratio).toBeLessThan(1.6)
  })

  it('no more are checked at once than may be, and none of too many waits', async () => {
    const passwords = createPasswords({ cost: 6, concurrency: 1, maxWaiting: 3 })
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => passwords.matches('x', undefined)),
    )
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.length).toBeGreaterThanOrEqual(6)
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 5000 })
    expect(await passwords.matches('x', undefined)).toBe(false)
  })

  it('the event loop goes on meanwhile', async () => {
    const passwords = createPasswords({ cost: 11 })
    let ticks = 0
    const timer = setInterval(() => (ticks += 1), 2)
    await passwords.hash('password')
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(3)
  })
})
