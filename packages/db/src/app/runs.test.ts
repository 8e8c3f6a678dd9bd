import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { AgentEvent } from '@tandem/schemas'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'
import type { RunSettlement } from './stored-run.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
})
afterEach(() => temp.remove())

const start: AgentEvent = { type: 'run-start', runId: 'run_1', agent: 'react', model: 'p/m' }
const step: AgentEvent = { type: 'step-start', step: 1 }
const call: AgentEvent = {
  type: 'tool-start',
  step: 1,
  callId: 'c1',
  tool: 'add',
  arguments: { a: 1 },
}

const spent = { steps: 1, modelCalls: 2, toolCalls: 3, promptTokens: 4, completionTokens: 5 }
const done: RunSettlement = { status: 'completed', stopReason: 'final', events: [], spent }

async function create(id: string, sessionId?: string, owner = temp.ann): Promise<boolean> {
  return temp.db.runs.create(owner, { id, agent: 'react', model: 'p/m', sessionId })
}

/** In the place after what is there. */
async function append(id: string, events: readonly AgentEvent[], owner = temp.ann) {
  const at = temp.clock.now
  const from = ((await temp.db.runs.get(temp.ann, id))?.lastSeq ?? 0) + 1
  await temp.db.runs.append(
    events.map((event, index) => ({ owner, runId: id, seq: from + index, event, at })),
  )
}

async function pause(id: string, status: 'waiting_approval' | 'waiting_tools', callId = 'c1') {
  const waits = [{ callId, tool: 'add', arguments: { a: 1 } }]
  return temp.db.runs.settle(temp.ann, id, {
    ...done,
    status,
    stopReason: status,
    waits,
    input: { kept: true },
  })
}

const page = { afterSeq: 0, limit: 100 }

describe('a run', () => {
  it('is its owner’s, to whom alone each query finds it', async () => {
    const { db, ann, ben } = temp
    expect(await create('run_1')).toBe(true)
    await append('run_1', [start, step])
    expect(await db.runs.get(ann, 'run_1')).toMatchObject({ status: 'running', lastSeq: 2 })
    await pause('run_1', 'waiting_tools')
    expect(await db.runs.get(ben, 'run_1')).toBeUndefined()
    expect((await db.runs.list(ben, { limit: 10 })).runs).toEqual([])
    expect(await db.runs.events(ben, 'run_1', page)).toEqual([])
    expect(await db.runs.waiting(ben, 'run_1')).toBeUndefined()
    expect(await db.runs.findWaiting(ben, ['c1'])).toBeUndefined()
    expect(await db.runs.cancelWaiting(ben, 'run_1')).toBe(false)
    const from = { status: 'waiting_tools', events: [] } as const
    expect(await db.runs.resume(ben, 'run_1', from)).toBeUndefined()
    expect(await db.runs.settle(ben, 'run_1', done)).toBe(false)
    expect(await db.runs.get(ann, 'run_1')).toMatchObject({ status: 'waiting_tools' })
  })

  it('takes events of its owner alone', async () => {
    await create('run_1')
    await append('run_1', [start], temp.ben)
    expect(await temp.db.runs.events(temp.ann, 'run_1', page)).toEqual([])
  })

  it('needs an owner, and the session that it names', async () => {
    expect(await create('run_1', undefined, 'user_none')).toBe(false)
    expect(await create('run_1', 'none')).toBe(false)
    await temp.db.sessions.getOrCreate(temp.ben, 'bens')
    expect(await create('run_1', 'bens')).toBe(false)
  })

  it('keeps its events in order, from any place on', async () => {
    const { db, ann } = temp
    await create('run_1')
    await append('run_1', [start, step])
    await db.runs.settle(ann, 'run_1', {
      ...done,
      events: [{ seq: 3, event: call, at: temp.clock.now }],
    })
    const events = await db.runs.events(ann, 'run_1', page)
    expect(events.map(({ seq, event }) => [seq, event])).toEqual([
      [1, start],
      [2, step],
      [3, call],
    ])
    expect(await db.runs.events(ann, 'run_1', { afterSeq: 1, limit: 1 })).toMatchObject([
      { seq: 2 },
    ])
    expect(await db.runs.get(ann, 'run_1')).toMatchObject({
      status: 'completed',
      lastSeq: 3,
      ...spent,
    })
  })

  it('that is over takes no more', async () => {
    const { db, ann } = temp
    await create('run_1')
    expect(await db.runs.settle(ann, 'run_1', done)).toBe(true)
    expect(await db.runs.settle(ann, 'run_1', done)).toBe(false)
    await append('run_1', [start])
    expect(await db.runs.get(ann, 'run_1')).toMatchObject({ lastSeq: 0, steps: 1 })
  })

  it.each(['session', 'user'])('goes with its %s', async (which) => {
    const { db, ann } = temp
    await db.sessions.getOrCreate(ann, 's1')
    await create('run_1', 's1')
    await append('run_1', [start])
    if (which === 'session') await db.sessions.remove(ann, 's1')
    else await db.users.remove(ann)
    expect(await db.runs.get(ann, 'run_1')).toBeUndefined()
    expect(await db.runs.events(ann, 'run_1', page)).toEqual([])
    // What it says later finds nothing, and harms nothing.
    await append('run_1', [step])
    expect(await db.runs.settle(ann, 'run_1', done)).toBe(false)
  })
})

describe('the list', () => {
  it('is paged, newest first, and can be narrowed', async () => {
    const { db, ann, clock } = temp
    await db.sessions.getOrCreate(ann, 's1')
    for (const n of [1, 2, 3]) {
      clock.now += 1
      await create(`run_${n}`, n === 2 ? 's1' : undefined)
    }
    await db.runs.settle(ann, 'run_1', done)
    const first = await db.runs.list(ann, { limit: 2 })
    expect(first.runs.map(({ id }) => id)).toEqual(['run_3', 'run_2'])
    const second = await db.runs.list(ann, { limit: 2, cursor: first.nextCursor })
    expect(second).toMatchObject({ runs: [{ id: 'run_1' }], nextCursor: undefined })
    const ids = async (query: object): Promise<string[]> =>
      (await db.runs.list(ann, { limit: 10, ...query })).runs.map(({ id }) => id)
    expect(await ids({ status: 'completed' })).toEqual(['run_1'])
    expect(await ids({ sessionId: 's1' })).toEqual(['run_2'])
    await expect(db.runs.list(ann, { limit: 2, cursor: 'x' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })
})

describe('a run that waits', () => {
  it('goes on once, with what was stored and what is new', async () => {
    const { db, ann } = temp
    await create('run_1')
    await append('run_1', [start])
    await pause('run_1', 'waiting_approval')
    expect(await db.runs.waiting(ann, 'run_1')).toMatchObject({
      run: { id: 'run_1', stopReason: 'waiting_approval' },
      waits: [{ callId: 'c1', tool: 'add', arguments: { a: 1 } }],
      input: { kept: true },
    })
    const from = { status: 'waiting_approval', events: [step] } as const
    const outcomes = await Promise.all([1, 2, 3].map(() => db.runs.resume(ann, 'run_1', from)))
    expect(outcomes.filter((seq) => seq !== undefined)).toEqual([2])
    expect(await db.runs.get(ann, 'run_1')).toMatchObject({
      status: 'running',
      stopReason: null,
      lastSeq: 2,
    })
    expect(await db.runs.waiting(ann, 'run_1')).toBeUndefined()
  })

  it('is found by a call of the caller’s, the newest first; not by one that waits for approval', async () => {
    const { db, ann } = temp
    for (const id of ['run_1', 'run_2', 'run_3']) await create(id)
    await pause('run_1', 'waiting_tools')
    await pause('run_2', 'waiting_tools')
    await pause('run_3', 'waiting_approval')
    expect(await db.runs.findWaiting(ann, ['x', 'c1'])).toMatchObject({ run: { id: 'run_2' } })
    expect(await db.runs.findWaiting(ann, ['x'])).toBeUndefined()
    expect(await db.runs.findWaiting(ann, [])).toBeUndefined()
  })

  it('is found by the same calls while it goes on with their results, and no longer', async () => {
    const { db, ann, ben } = temp
    await create('run_1')
    await pause('run_1', 'waiting_tools')
    expect(await db.runs.findResumed(ann, ['c1'])).toBeUndefined()
    await db.runs.resume(ann, 'run_1', { status: 'waiting_tools', events: [] })
    expect(await db.runs.findResumed(ann, ['x', 'c1'])).toMatchObject({ id: 'run_1' })
    expect(await db.runs.findResumed(ann, ['x'])).toBeUndefined()
    expect(await db.runs.findResumed(ben, ['c1'])).toBeUndefined()
    expect(await db.runs.findWaiting(ann, ['c1'])).toBeUndefined()
    await pause('run_1', 'waiting_tools', 'c2')
    expect((await db.runs.waiting(ann, 'run_1'))?.waits).toMatchObject([{ callId: 'c2' }])
    await db.runs.resume(ann, 'run_1', { status: 'waiting_tools', events: [] })
    expect(await db.runs.findResumed(ann, ['c1'])).toBeUndefined()
    await db.runs.settle(ann, 'run_1', done)
    expect(await db.runs.findResumed(ann, ['c1', 'c2'])).toBeUndefined()
  })

  it('for approval is found by its id alone: models count its calls like those of other runs', async () => {
    const { db, ann } = temp
    await create('run_1')
    await pause('run_1', 'waiting_approval')
    await db.runs.resume(ann, 'run_1', { status: 'waiting_approval', events: [] })
    expect(await db.runs.findResumed(ann, ['c1'])).toBeUndefined()
  })

  it('can be given up, and what it waited for is forgotten', async () => {
    const { db, ann } = temp
    await create('run_1')
    await append('run_1', [start])
    await pause('run_1', 'waiting_tools')
    expect(await db.runs.cancelWaiting(ann, 'run_1')).toBe(true)
    expect(await db.runs.cancelWaiting(ann, 'run_1')).toBe(false)
    expect(await db.runs.get(ann, 'run_1')).toMatchObject({
      status: 'cancelled',
      stopReason: 'cancelled',
    })
    expect(await db.runs.findWaiting(ann, ['c1'])).toBeUndefined()
    const last = (await db.runs.events(ann, 'run_1', page)).at(-1)
    expect(last).toMatchObject({ seq: 2, event: { type: 'run-end', stopReason: 'cancelled' } })
  })
})

it('old ones are removed with all that is theirs, but for those that go', async () => {
  const { db, ann, ben, clock } = temp
  for (const id of ['run_1', 'run_2', 'run_3', 'run_4']) await create(id)
  await create('run_5', undefined, ben)
  await append('run_1', [start, step])
  await db.runs.settle(ann, 'run_1', done)
  await pause('run_2', 'waiting_tools')
  await db.runs.settle(ben, 'run_5', done)
  clock.now += 1000
  await db.runs.settle(ann, 'run_4', done)
  expect(await db.runs.removeOld(clock.now)).toBe(3)
  expect(await db.runs.removeOld(clock.now)).toBe(0)
  const left = await db.runs.list(ann, { limit: 10 })
  expect(left.runs.map(({ id }) => id).toSorted()).toEqual(['run_3', 'run_4'])
  expect(await db.runs.get(ben, 'run_5')).toBeUndefined()
  expect(await db.runs.findWaiting(ann, ['c1'])).toBeUndefined()
  // The same id again finds nothing of before.
  await create('run_1')
  expect(await db.runs.events(ann, 'run_1', page)).toEqual([])
})

it('many old ones go piece by piece', async () => {
  const { db, ann, clock } = temp
  for (let n = 0; n < 120; n += 1) {
    await create(`run_${n}`)
    await db.runs.settle(ann, `run_${n}`, done)
  }
  const removed: number[] = []
  do removed.push(await db.runs.removeOld(clock.now + 1))
  while (removed.at(-1))
  expect(removed).toEqual([50, 50, 20, 0])
})

it('what a dead process was running is marked, with an end; what waits keeps waiting', async () => {
  const { db, ann } = temp
  for (const id of ['run_1', 'run_2', 'run_3']) await create(id)
  await append('run_1', [start, step, call])
  await pause('run_2', 'waiting_approval')
  await db.runs.settle(ann, 'run_3', done)
  expect(await db.runs.recoverInterrupted()).toBe(1)
  expect(await db.runs.recoverInterrupted()).toBe(0)
  expect(await db.runs.get(ann, 'run_1')).toMatchObject({
    status: 'interrupted',
    steps: 1,
    toolCalls: 1,
    lastSeq: 4,
  })
  const last = (await db.runs.events(ann, 'run_1', page)).at(-1)
  expect(last?.event).toMatchObject({ type: 'run-end', stopReason: 'interrupted', steps: 1 })
  expect(await db.runs.get(ann, 'run_2')).toMatchObject({ status: 'waiting_approval' })
  expect(await db.runs.get(ann, 'run_3')).toMatchObject({ status: 'completed' })
})
