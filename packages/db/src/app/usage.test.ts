import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { AppError } from '@tandem/schemas'
import { holdLock } from '../../test/children.ts'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'
import { createUsageWriter, type UsageRecord } from '../index.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
})
afterEach(() => temp.remove())

const dayMs = 86_400_000
const ever = { from: 0, to: Number.MAX_SAFE_INTEGER }

function record(change: Partial<UsageRecord> = {}): UsageRecord {
  return {
    userId: temp.ann,
    provider: 'demo',
    model: 'echo',
    promptTokens: 10,
    completionTokens: 5,
    cachedTokens: 2,
    reasoningTokens: 1,
    estimated: false,
    latencyMs: 12,
    ttftMs: 3,
    status: 200,
    createdAt: temp.clock.now,
    ...change,
  }
}

async function requests(): Promise<number | undefined> {
  return (await temp.db.usage.summarizeAll({ ...ever, groupBy: [] }))[0]?.requests
}

const sums = (n: number) => ({
  requests: n,
  promptTokens: 10 * n,
  completionTokens: 5 * n,
  cachedTokens: 2 * n,
  reasoningTokens: n,
})

describe('summaries', () => {
  beforeEach(() =>
    temp.db.usage.insert([
      record({ keyId: 'key_1', sessionId: 's' }),
      record({ model: 'other', estimated: true, createdAt: temp.clock.now + dayMs }),
      record({ userId: temp.ben, status: 502 }),
      record({ userId: 'user_gone' }),
    ]),
  )

  it('are the owner’s alone', async () => {
    const { usage } = temp.db
    expect(await usage.summarize(temp.ann, { ...ever, groupBy: [] })).toEqual([
      { ...sums(2), errors: 0, estimated: 1 },
    ])
    expect(await usage.summarize(temp.ben, { ...ever, groupBy: ['model'] })).toEqual([
      { provider: 'demo', model: 'echo', ...sums(1), errors: 1, estimated: 0 },
    ])
    expect(await usage.summarize('user_nobody', { ...ever, groupBy: ['day'] })).toEqual([])
  })

  it('group everyone’s by day, model and user', async () => {
    const { usage } = temp.db
    const groupBy = ['day', 'model', 'user'] as const
    expect(await usage.summarizeAll({ ...ever, groupBy })).toMatchObject(
      [
        { day: '2026-11-21', model: 'echo', userId: temp.ann, username: 'ann', ...sums(1) },
        { day: '2026-11-21', model: 'echo', userId: temp.ben, username: 'ben', ...sums(1) },
        { day: '2026-11-22', model: 'other', userId: temp.ann, ...sums(1) },
      ].toSorted((a, b) =>
        `${a.day}${a.model}${a.userId}` < `${b.day}${b.model}${b.userId}` ? -1 : 1,
      ),
    )
  })

  it('count from a time on, up to but without another', async () => {
    const from = temp.clock.now
    const query = { from, to: from + dayMs, groupBy: [] }
    expect(await temp.db.usage.summarizeAll(query)).toMatchObject([sums(2)])
  })

  it('go with the user', async () => {
    await temp.db.users.remove(temp.ann)
    expect(await requests()).toBe(1)
  })
})

describe('the usage writer', () => {
  it('writes many rows in few pieces, all of them by the time flush resolves', async () => {
    const pieces: number[] = []
    const writer = createUsageWriter({
      insert: async (rows) => {
        pieces.push(rows.length)
        await temp.db.usage.insert(rows)
      },
    })
    for (let n = 0; n < 2500; n += 1) writer.record(record())
    await writer.flush()
    expect(await requests()).toBe(2500)
    expect(pieces.length).toBeLessThan(10)
    writer.record(record())
    await writer.close()
    expect(await requests()).toBe(2501)
    expect(writer.dropped()).toBe(0)
  })

  it('writes by itself within the interval', async () => {
    const written = Promise.withResolvers<number>()
    const writer = createUsageWriter({
      insert: async (rows) => written.resolve(rows.length),
      intervalMs: 20,
    })
    writer.record(record())
    writer.record(record())
    expect(await written.promise).toBe(2)
    await writer.close()
  })

  it('loses nothing while another process holds the lock for 3 s', async () => {
    const writer = createUsageWriter({ insert: temp.db.usage.insert, intervalMs: 20 })
    const holder = await holdLock(temp.path, 3000)
    const from = performance.now()
    for (let n = 0; n < 300; n += 1) writer.record(record())
    await writer.close()
    expect(performance.now() - from).toBeGreaterThan(1500)
    expect(await requests()).toBe(300)
    await holder.ended
  })

  it('keeps rows that could not be written, says so, and writes them later', async () => {
    const impatient = await makeTempDb({ patienceMs: 200 })
    const errors: string[] = []
    const writer = createUsageWriter({
      insert: impatient.db.usage.insert,
      intervalMs: 20,
      onError: ({ code }) => errors.push(code),
    })
    // The worker runs before the lock is taken: how long its start takes is not the question.
    await impatient.db.usage.insert([])
    const holder = await holdLock(impatient.path, 2500)
    for (let n = 0; n < 150; n += 1) writer.record(record({ userId: impatient.ann }))
    await expect(writer.flush()).rejects.toMatchObject({ code: 'storage_unavailable' })
    await holder.ended
    await writer.flush()
    expect(errors).toContain('storage_unavailable')
    const [sum] = await impatient.db.usage.summarizeAll({ ...ever, groupBy: [] })
    expect(sum?.requests).toBe(150)
    await writer.close()
    await impatient.remove()
  })

  it('keeps no more than its bound', async () => {
    const writer = createUsageWriter({
      insert: () => Promise.reject(new AppError('storage_unavailable')),
      maxPending: 10,
    })
    for (let n = 0; n < 15; n += 1) writer.record(record())
    expect(writer.dropped()).toBe(5)
    await expect(writer.close()).rejects.toMatchObject({ code: 'storage_unavailable' })
  })

  it('gives up on a row that the database refuses, not on its neighbours', async () => {
    const writer = createUsageWriter({ insert: temp.db.usage.insert })
    for (const promptTokens of [1, NaN, 3]) writer.record(record({ promptTokens }))
    await writer.close()
    expect(writer.dropped()).toBe(1)
    expect(await requests()).toBe(2)
  })
})
