import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Attachment } from '@tandem/schemas'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
  for (const owner of [temp.ann, temp.ben]) await temp.db.sessions.getOrCreate(owner, 's1')
})
afterEach(() => temp.remove())

function file(id: string, name = `${id}.csv`): Attachment {
  return {
    file_id: id,
    name,
    media_type: 'text/csv',
    bytes: 4,
    sha256: 'ab',
    description: { kind: 'CSV table', facts: ['1 row'], excerpt: 'a' },
  }
}

it('keeps the files of a session in the order in which they came, each once', async () => {
  const { db, ann } = temp
  await db.attachments.add(ann, 's1', [file('b'), file('a')])
  await db.attachments.add(ann, 's1', [file('c'), file('b', 'renamed.csv')])
  expect(await db.attachments.list(ann, 's1')).toEqual([
    file('b', 'renamed.csv'),
    file('a'),
    file('c'),
  ])
})

it("keeps them for their session and its owner alone, whatever another's is called", async () => {
  const { db, ann, ben } = temp
  await db.sessions.getOrCreate(ann, 's2')
  await db.attachments.add(ann, 's1', [file('a')])
  expect(await db.attachments.list(ben, 's1')).toEqual([])
  expect(await db.attachments.list(ann, 's2')).toEqual([])
  await db.attachments.forget(ben, 'a')
  expect(await db.attachments.list(ann, 's1')).toHaveLength(1)
})

it('forgets a file in all sessions of its owner', async () => {
  const { db, ann, ben } = temp
  await db.sessions.getOrCreate(ann, 's2')
  for (const id of ['s1', 's2']) await db.attachments.add(ann, id, [file('a'), file('b')])
  await db.attachments.add(ben, 's1', [file('a')])
  await db.attachments.forget(ann, 'a')
  expect(await db.attachments.list(ann, 's1')).toEqual([file('b')])
  expect(await db.attachments.list(ann, 's2')).toEqual([file('b')])
  expect(await db.attachments.list(ben, 's1')).toEqual([file('a')])
})

it('goes with the session, and does nothing where there is none', async () => {
  const { db, ann } = temp
  await db.attachments.add(ann, 'none', [file('a')])
  await db.attachments.add(ann, 's1', [])
  expect(await db.attachments.list(ann, 'none')).toEqual([])
  await db.attachments.add(ann, 's1', [file('a')])
  await db.sessions.remove(ann, 's1')
  await db.sessions.getOrCreate(ann, 's1')
  expect(await db.attachments.list(ann, 's1')).toEqual([])
})
