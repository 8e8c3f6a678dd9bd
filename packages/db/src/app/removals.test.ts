import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Message } from '@tandem/schemas'
import { claimSession } from '../../test/conversation.ts'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
})
afterEach(() => temp.remove())

it('notes what is removed, and nothing where nothing was', async () => {
  const { db, ann, ben } = temp
  await db.sessions.getOrCreate(ann, 's1')
  expect(await db.sessions.remove(ben, 's1')).toBe(false)
  expect(await db.users.remove('user_none')).toBe(false)
  expect(await db.removals.due(10)).toEqual([])
  expect(await db.sessions.remove(ann, 's1')).toBe(true)
  expect(await db.users.remove(ann)).toBe(true)
  // The worker that removes has a clock of its own.
  temp.clock.now = Date.now() + 1000
  expect(await db.removals.due(10)).toMatchObject([
    { owner: ann, sessionId: 's1', attempts: 0 },
    { owner: ann, sessionId: null, attempts: 0 },
  ])
  expect(await db.removals.due(1)).toHaveLength(1)
})

it('gives what was postponed when its time has come, until it is finished', async () => {
  const { db, ann } = temp
  await db.users.remove(ann)
  temp.clock.now = Date.now() + 1000
  const [removal] = await db.removals.due(10)
  const { id } = removal!
  await db.removals.postpone(id, 60_000)
  expect(await db.removals.due(10)).toEqual([])
  temp.clock.now += 60_000
  expect(await db.removals.due(10)).toMatchObject([{ id, attempts: 1 }])
  await db.removals.finish(id)
  expect(await db.removals.due(10)).toEqual([])
})

describe('a file of messages', () => {
  const plan = { sessionId: 's', fileId: 'file-1', delayMs: 1000 }
  const messages: Message[] = [{ role: 'user', content: 'Hi' }]

  it('goes when its time has come, unless its messages were stored', async () => {
    const { db, ann, ben, clock } = temp
    const claim = await claimSession(db, ann, 's')
    await db.removals.plan(ann, plan)
    await db.removals.plan(ann, { ...plan, fileId: 'file-2' })
    // Somebody else's of the same name.
    await db.removals.plan(ben, plan)
    expect(await db.removals.due(10)).toEqual([])
    const exchange = { messages, fileIds: ['file-1'], model: 'p/m' }
    expect(await db.messages.startExchange(claim, exchange)).toMatchObject({ fileIds: ['file-1'] })
    clock.now += 1000
    expect(await db.removals.due(10)).toMatchObject([
      { owner: ann, sessionId: 's', fileId: 'file-2' },
      { owner: ben, sessionId: 's', fileId: 'file-1' },
    ])
  })

  it('that has gone keeps its messages from being stored', async () => {
    const { db, ann, ben } = temp
    const claim = await claimSession(db, ann, 's')
    await db.removals.plan(ben, plan)
    const exchange = { messages, fileIds: ['file-1'], model: 'p/m' }
    await expect(db.messages.startExchange(claim, exchange)).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
    expect(await db.messages.list(ann, 's', { limit: 9 })).toEqual([])
  })

  it('goes with an exchange that is taken back', async () => {
    const { db, ann } = temp
    const claim = await claimSession(db, ann, 's')
    await db.removals.plan(ann, plan)
    const exchange = { messages, fileIds: ['file-1'], model: 'p/m' }
    const answer = await db.messages.startExchange(claim, exchange)
    expect(await db.removals.due(10)).toEqual([])
    expect(await db.messages.discard(answer!)).toBe(true)
    expect(await db.removals.due(10)).toMatchObject([{ owner: ann, fileId: 'file-1' }])
  })
})
