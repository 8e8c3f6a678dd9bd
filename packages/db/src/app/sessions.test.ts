import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { assistant, claimSession, startAnswer, talk, user } from '../../test/conversation.ts'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
})
afterEach(() => temp.remove())

describe('sessions', () => {
  it('makes a session once, also when many ask', async () => {
    const { sessions } = temp.db
    const asked = Array.from({ length: 10 }, () => sessions.getOrCreate(temp.ann, 'work'))
    const session = {
      id: 'work',
      title: null,
      system: null,
      messageCount: 0,
      createdAt: temp.clock.now,
      updatedAt: temp.clock.now,
    }
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 10 }, () => session))
    expect(await sessions.getOrCreate('user_nobody', 'work')).toBeUndefined()
  })

  it('keeps two owners with the same id apart in every query', async () => {
    const { db, ann, ben } = temp
    await talk(db, ann, 's')
    expect(await db.sessions.get(ben, 's')).toBeUndefined()
    expect(await db.sessions.rename(ben, 's', 'mine')).toBeUndefined()
    expect(await db.sessions.remove(ben, 's')).toBe(false)
    expect(await db.sessions.claim(ben, 's', { ttlMs: 9 })).toEqual({ outcome: 'not_found' })
    expect((await db.sessions.list(ben, { limit: 9 })).sessions).toEqual([])
    expect(await db.messages.last(ben, 's', { limit: 9 })).toEqual([])
    expect(await db.messages.list(ben, 's', { limit: 9 })).toEqual([])
    const claim = await claimSession(db, ann, 's')
    const stolen = { ...claim, owner: ben }
    expect(await db.sessions.renew(stolen)).toBe(false)
    expect(await db.sessions.release(stolen)).toBe(false)
    const exchange = { messages: [user('hi')], model: 'm' }
    expect(await db.messages.startExchange(stolen, exchange)).toBeUndefined()
    await db.sessions.getOrCreate(ben, 's')
    expect(await db.messages.startExchange(stolen, exchange)).toBeUndefined()
    expect((await db.sessions.get(ben, 's'))?.messageCount).toBe(0)
    expect((await db.sessions.get(ann, 's'))?.messageCount).toBe(2)
  })

  it('pages newest first, also through equal times', async () => {
    const { db, ann } = temp
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      if (id === 'd') temp.clock.now += 1000
      await db.sessions.getOrCreate(ann, id)
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await db.sessions.list(ann, { limit: 2, cursor })
      seen.push(...page.sessions.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a'])
  })

  it('comes to the front with a new exchange, takes its title once, and renames', async () => {
    const { db, ann } = temp
    await db.sessions.getOrCreate(ann, 'old')
    temp.clock.now += 10
    await db.sessions.getOrCreate(ann, 'new')
    temp.clock.now += 10
    for (const title of ['first', 'second']) {
      const claim = await claimSession(db, ann, 'old')
      const answer = await db.messages.startExchange(claim, { messages: [], title, model: 'm' })
      await db.messages.complete(answer!, { message: assistant('x') })
    }
    const { sessions } = await db.sessions.list(ann, { limit: 9 })
    expect(sessions.map(({ id, title }) => [id, title])).toEqual([
      ['old', 'first'],
      ['new', null],
    ])
    expect((await db.sessions.rename(ann, 'old', 'mine'))?.title).toBe('mine')
  })
})

describe('the claim', () => {
  it('is one request’s at a time', async () => {
    const { db, ann } = temp
    await db.sessions.getOrCreate(ann, 's')
    const asked = Array.from({ length: 10 }, () => db.sessions.claim(ann, 's', { ttlMs: 500 }))
    const outcomes = await Promise.all(asked)
    expect(outcomes.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1)
    expect(outcomes.at(-1)).toEqual({ outcome: 'busy', retryAfterMs: 500 })
  })

  it('can be given back, and is given back by the end of the exchange', async () => {
    const { db, ann } = temp
    const claim = await claimSession(db, ann, 's')
    expect(await db.sessions.release(claim)).toBe(true)
    expect(await db.sessions.release(claim)).toBe(false)
    await talk(db, ann, 's')
    await talk(db, ann, 's')
    expect((await db.sessions.get(ann, 's'))?.messageCount).toBe(4)
  })

  it('passes on when its time is up; what its holder was saying is interrupted, and it writes no more', async () => {
    const { db, ann } = temp
    const late = await startAnswer(db, ann, 's')
    await db.messages.saveProgress(late, assistant('half'))
    temp.clock.now += 60_000
    await claimSession(db, ann, 's')
    expect(await db.messages.saveProgress(late, assistant('half an'))).toBe(false)
    expect(await db.messages.complete(late, { message: assistant('half an answer') })).toBe(false)
    expect(await db.messages.last(ann, 's', { limit: 1 })).toMatchObject([
      { message: { content: 'half' }, status: 'interrupted' },
    ])
  })

  it('is prolonged by saving and by renewing', async () => {
    const { db, ann } = temp
    const answer = await startAnswer(db, ann, 's')
    temp.clock.now += 50_000
    await db.messages.saveProgress(answer, assistant('…'))
    temp.clock.now += 50_000
    expect(await db.sessions.renew(answer.claim)).toBe(true)
    temp.clock.now += 50_000
    expect((await db.sessions.claim(ann, 's', { ttlMs: 1 })).outcome).toBe('busy')
  })
})

describe('removing a session while it answers', () => {
  it('wins and leaves nothing, also when a new one has its name', async () => {
    const { db, ann } = temp
    const answer = await startAnswer(db, ann, 's')
    expect(await db.sessions.remove(ann, 's')).toBe(true)
    const writes = async () => [
      await db.messages.saveProgress(answer, assistant('a')),
      await db.messages.complete(answer, { message: assistant('a') }),
      await db.messages.interrupt(answer),
      await db.messages.discard(answer),
    ]
    expect(await writes()).toEqual([false, false, false, false])
    expect(await db.sessions.get(ann, 's')).toBeUndefined()
    await startAnswer(db, ann, 's')
    expect(await writes()).toEqual([false, false, false, false])
    expect(await db.messages.list(ann, 's', { limit: 9 })).toMatchObject([
      { message: { content: 'hi' } },
      { message: { content: '' }, status: 'streaming' },
    ])
  })
})
