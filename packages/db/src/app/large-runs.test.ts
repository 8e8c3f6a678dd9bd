import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { AgentEvent } from '@tandem/schemas'
import { makeTempDb, type TempDb } from '../../test/temp-db.ts'
import type { RunSettlement } from './stored-run.ts'

let temp: TempDb
beforeEach(async () => {
  temp = await makeTempDb()
})
afterEach(() => temp.remove())

const input = {
  model: 'p/m',
  request: { messages: [{ role: 'user', content: 'Слова and "words"\n'.repeat(90_000) }] },
  names: Array.from({ length: 400 }, (_, at) => `${at}`.repeat(2000)),
}
const decided: AgentEvent = { type: 'approval-decided', callId: 'c1', approved: true }

async function pause(id: string, status: 'waiting_approval' | 'waiting_tools'): Promise<void> {
  const { db, ann } = temp
  await db.runs.create(ann, { id, agent: 'react', model: 'p/m' })
  const spent = { steps: 1, modelCalls: 2, toolCalls: 3, promptTokens: 4, completionTokens: 5 }
  const waits = [{ callId: `call of ${id}`, tool: 'add', arguments: { a: 1 } }]
  const end: RunSettlement = { status, stopReason: status, events: [], spent, waits, input }
  expect(await db.runs.settle(ann, id, end)).toBe(true)
  expect(await db.runs.settle(ann, id, end)).toBe(false)
}

it('a run that waits with a large request goes on once, and is its owner’s alone', async () => {
  const { db, ann, ben } = temp
  await pause('run_1', 'waiting_approval')
  const waiting = await db.runs.waiting(ann, 'run_1')
  expect(waiting?.run).toMatchObject({ id: 'run_1', status: 'waiting_approval', steps: 1 })
  expect(waiting?.waits).toMatchObject([{ callId: 'call of run_1', arguments: { a: 1 } }])
  expect(waiting?.input).toEqual(input)
  expect(await db.runs.waiting(ben, 'run_1')).toBeUndefined()
  const from = { status: 'waiting_approval', events: [decided] } as const
  expect(await db.runs.resume(ben, 'run_1', from)).toBeUndefined()
  expect(await db.runs.resume(ann, 'run_1', { ...from, status: 'waiting_tools' })).toBeUndefined()
  expect(await db.runs.resume(ann, 'run_1', from)).toBe(1)
  expect(await db.runs.resume(ann, 'run_1', from)).toBeUndefined()
  expect(await db.runs.waiting(ann, 'run_1')).toBeUndefined()
  expect(await db.runs.get(ann, 'run_1')).toMatchObject({ status: 'running', lastSeq: 1 })
})

it('is found by the calls it waits for, and can be given up', async () => {
  const { db, ann, ben } = temp
  await pause('run_1', 'waiting_tools')
  const ids = ['other', 'call of run_1']
  expect((await db.runs.findWaiting(ann, ids))?.input).toEqual(input)
  expect(await db.runs.findWaiting(ben, ids)).toBeUndefined()
  expect(await db.runs.cancelWaiting(ben, 'run_1')).toBe(false)
  expect(await db.runs.cancelWaiting(ann, 'run_1')).toBe(true)
  expect(await db.runs.cancelWaiting(ann, 'run_1')).toBe(false)
  expect(await db.runs.findWaiting(ann, ids)).toBeUndefined()
  expect(await db.runs.get(ann, 'run_1')).toMatchObject({ status: 'cancelled' })
})
