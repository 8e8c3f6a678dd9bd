import { afterEach, beforeEach, expect, it } from '@jest/globals'
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
