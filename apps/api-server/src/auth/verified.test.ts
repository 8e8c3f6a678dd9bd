import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Principal } from '@tandem/schemas'
import { createVerified, type Found, type Verified } from './verified.ts'

const ann: Principal = { userId: 'ann', role: 'user' }
const found =
  (expiresAt: number | null = null) =>
  async (): Promise<Found> => ({
    principal: ann,
    expiresAt,
  })

let now = 0
let verified: Verified
beforeEach(() => {
  now = 1000
  verified = createVerified({ now: () => now, freshMs: 100, maxEntries: 3 })
})

describe('what was verified', () => {
  it('is believed for a moment, and then asked again', async () => {
    expect(verified.get('k')).toBeUndefined()
    expect(await verified.remember('k', found())).toBe(ann)
    now += 99
    expect(verified.get('k')).toBe(ann)
    now += 1
    expect(verified.get('k')).toBeUndefined()
  })

  it('ends with the credential itself', async () => {
    await verified.remember('k', found(now + 10))
    now += 10
    expect(verified.get('k')).toBeUndefined()
  })

  it('is forgotten with any change, also one that came while it was looked up', async () => {
    await verified.remember('k', found())
    const { promise, resolve } = Promise.withResolvers<Found>()
    const slow = verified.remember('slow', () => promise)
    verified.clear()
    resolve({ principal: ann, expiresAt: null })
    expect(await slow).toBe(ann)
    expect([verified.get('k'), verified.get('slow'), verified.size()]).toEqual([
      undefined,
      undefined,
      0,
    ])
  })

  it('is nothing where the look-up failed', async () => {
    await expect(verified.remember('k', () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    )
    expect(verified.size()).toBe(0)
  })

  it('is bounded: the oldest goes first', async () => {
    for (const credential of ['a', 'b', 'c', 'a', 'd']) await verified.remember(credential, found())
    expect(['a', 'b', 'c', 'd'].map((each) => verified.get(each))).toEqual([
      ann,
      undefined,
      ann,
      ann,
    ])
    expect(verified.size()).toBe(3)
  })
})
