import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Message } from '@tandem/schemas'
import { claimSession } from '../../test/conversation.ts'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
})
afterEach(() => temp.remove())

const large = (character: string): string => character.repeat(400_000)

it('keeps large messages as any other, in order, for their owner alone', async () => {
  const { db, ann, ben } = temp
  const sent: Message[] = [
    { role: 'user', content: 'small' },
    { role: 'user', content: [{ type: 'text', text: large('ш') }], name: 'x' },
  ]
  const message: Message = { role: 'assistant', content: large('a') }
  for (const reply of ['complete', 'interrupt'] as const) {
    const claim = await claimSession(db, ann, reply)
    const answer = await db.messages.startExchange(claim, { messages: sent, model: 'p/m' })
    expect(await db.messages[reply](answer!, { message })).toBe(true)
    const rows = await db.messages.list(ann, reply, { limit: 9 })
    expect(rows.map(({ seq }) => seq)).toEqual([0, 1, 2])
    expect(rows.map((row) => row.message)).toEqual([...sent, message])
    expect(rows.at(-1)?.status).toBe(reply === 'complete' ? 'complete' : 'interrupted')
    expect(await db.messages.last(ann, reply, { limit: 9 })).toEqual(rows)
    expect(await db.messages.last(ann, reply, { limit: 1 })).toEqual(rows.slice(2))
    expect(await db.messages.last(ann, reply, { limit: 2, beforeSeq: 2 })).toEqual(rows.slice(0, 2))
    expect(await db.messages.list(ann, reply, { limit: 1, afterSeq: 0 })).toEqual(rows.slice(1, 2))
    expect(await db.messages.last(ben, reply, { limit: 9 })).toEqual([])
    expect(await db.messages.list(ben, reply, { limit: 9 })).toEqual([])
  }
})

it('stores nothing for a claim that is void', async () => {
  const { db, ann } = temp
  const claim = await claimSession(db, ann, 's')
  await db.sessions.release(claim)
  const messages: Message[] = [{ role: 'user', content: large('a') }]
  expect(await db.messages.startExchange(claim, { messages, model: 'p/m' })).toBeUndefined()
  expect(await db.messages.list(ann, 's', { limit: 9 })).toEqual([])
})

it('takes a large exchange back', async () => {
  const { db, ann } = temp
  const claim = await claimSession(db, ann, 's')
  const messages: Message[] = [{ role: 'user', content: large('a') }]
  const answer = await db.messages.startExchange(claim, { messages, model: 'p/m' })
  expect(await db.messages.discard(answer!)).toBe(true)
  expect(await db.messages.discard(answer!)).toBe(false)
  expect(await db.messages.list(ann, 's', { limit: 9 })).toEqual([])
})
