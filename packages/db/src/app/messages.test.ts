import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Message } from '@tandem/schemas'
import { assistant, claimSession, startAnswer, talk, user } from '../../test/conversation.ts'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
})
afterEach(() => temp.remove())

const contents = (rows: { message: Message }[]) => rows.map(({ message }) => message.content)

describe('an exchange', () => {
  it('stores messages whole, with fields we do not know, and the usage of the answer', async () => {
    const { db, ann } = temp
    const sent: Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'lone \ud800, NUL \0, 😀' }], name: 'x' },
      JSON.parse('{"role":"tool","content":"r","tool_call_id":"c","__proto__":{"a":1},"new":[1]}'),
    ]
    const system: Message = { role: 'developer', content: 'be brief' }
    const claim = await claimSession(db, ann, 's')
    const answer = await db.messages.startExchange(claim, { messages: sent, system, model: 'p/m' })
    const message: Message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    }
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }
    expect(await db.messages.complete(answer!, { message, usage })).toBe(true)
    const rows = await db.messages.list(ann, 's', { limit: 9 })
    expect(rows.map(({ message }) => JSON.stringify(message))).toEqual(
      [...sent, message].map((each) => JSON.stringify(each)),
    )
    expect(rows.map(({ seq }) => seq)).toEqual([0, 1, 2])
    expect(rows[2]).toMatchObject({ status: 'complete', model: 'p/m', usage })
    expect(await db.sessions.get(ann, 's')).toMatchObject({ messageCount: 3, system })
  })

  it('keeps the system message until another replaces it', async () => {
    const { db, ann } = temp
    const systems: unknown[] = []
    for (const text of ['one', undefined, 'two']) {
      const system: Message | undefined = text ? { role: 'system', content: text } : undefined
      const claim = await claimSession(db, ann, 's')
      const answer = await db.messages.startExchange(claim, { messages: [], system, model: 'm' })
      await db.messages.complete(answer!, { message: assistant('x') })
      systems.push((await db.sessions.get(ann, 's'))?.system?.content)
    }
    expect(systems).toEqual(['one', 'one', 'two'])
  })

  it('saves what has come, interrupts with or without more, and does so once', async () => {
    const { db, ann } = temp
    const first = await startAnswer(db, ann, 's')
    await db.messages.saveProgress(first, assistant('par'))
    expect(await db.messages.interrupt(first)).toBe(true)
    expect(await db.messages.interrupt(first)).toBe(false)
    const second = await startAnswer(db, ann, 's')
    await db.messages.interrupt(second, { message: assistant('partial') })
    expect(await db.messages.list(ann, 's', { limit: 9 })).toMatchObject([
      { status: 'complete' },
      { status: 'interrupted', message: { content: 'par' } },
      { status: 'complete' },
      { status: 'interrupted', message: { content: 'partial' } },
    ])
  })

  it('is taken back where the model said nothing, and the turn with it', async () => {
    const { db, ann } = temp
    await talk(db, ann, 's')
    const failed = await startAnswer(db, ann, 's')
    expect(await db.messages.discard(failed)).toBe(true)
    expect((await db.sessions.get(ann, 's'))?.messageCount).toBe(2)
    await talk(db, ann, 's')
    const rows = await db.messages.list(ann, 's', { limit: 9 })
    expect(rows.map(({ seq }) => seq)).toEqual([0, 1, 2, 3])
  })
})

describe('history', () => {
  it('gives the newest in order, windows before, and pages from the start', async () => {
    const { db, ann } = temp
    for (const n of [1, 2, 3]) {
      const claim = await claimSession(db, ann, 's')
      const exchange = { messages: [user(`q${n}`)], model: 'm' }
      const answer = await db.messages.startExchange(claim, exchange)
      await db.messages.complete(answer!, { message: assistant(`a${n}`) })
    }
    const { last, list } = db.messages
    expect(contents(await last(ann, 's', { limit: 3 }))).toEqual(['a2', 'q3', 'a3'])
    expect(contents(await last(ann, 's', { limit: 2, beforeSeq: 3 }))).toEqual(['a1', 'q2'])
    expect(contents(await list(ann, 's', { limit: 2 }))).toEqual(['q1', 'a1'])
    expect(contents(await list(ann, 's', { limit: 9, afterSeq: 4 }))).toEqual(['a3'])
    expect(await last(ann, 'unknown', { limit: 3 })).toEqual([])
  })
})

describe('recoverInterrupted', () => {
  it('at the start marks all that streamed and frees the sessions', async () => {
    const { db, ann, ben } = temp
    await startAnswer(db, ann, 's')
    await startAnswer(db, ben, 's')
    await talk(db, ann, 'done')
    expect(await db.messages.recoverInterrupted('all')).toBe(2)
    expect(await db.messages.recoverInterrupted('all')).toBe(0)
    expect(await db.messages.last(ben, 's', { limit: 1 })).toMatchObject([
      { status: 'interrupted' },
    ])
    await talk(db, ben, 's')
  })

  it('beside other servers marks only what nobody answers for any more', async () => {
    const { db, ann, ben } = temp
    await startAnswer(db, ann, 's')
    temp.clock.now += 60_000
    const alive = await startAnswer(db, ben, 's')
    expect(await db.messages.recoverInterrupted('expired')).toBe(1)
    expect(await db.messages.complete(alive, { message: assistant('x') })).toBe(true)
  })
})
