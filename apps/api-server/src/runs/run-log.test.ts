import { afterEach, describe, expect, it } from '@jest/globals'
import type { LoggedEvent, RunSettlement } from '@tandem/db'
import { AppError, type AgentEvent } from '@tandem/schemas'
import pino from 'pino'
import { createPieces } from './pieces.ts'
import { createRunLog, type RunLog } from './run-log.ts'

const text = (said: string): AgentEvent => ({ type: 'text-delta', text: said })
const step: AgentEvent = { type: 'step-start', step: 1 }
const progress: AgentEvent = {
  type: 'tool-progress',
  callId: 'c',
  progress: { message: 'on it' },
}
const end = {
  status: 'completed',
  stopReason: 'final',
  spent: { steps: 1, modelCalls: 1, toolCalls: 0, promptTokens: 1, completionTokens: 1 },
} as const

describe('pieces', () => {
  it('joins neighbouring texts, numbers what it hands out, and goes on from where the log ended', () => {
    const pieces = createPieces(7, () => 1)
    for (const said of ['a', 'b']) expect(pieces.add(text(said))).toEqual(text(said))
    expect(pieces.add(step)).toEqual({ ...step, seq: 9 })
    pieces.add({ type: 'reasoning-delta', text: 'r' })
    pieces.add(text('c'))
    expect(pieces.drain()).toEqual([
      { seq: 8, at: 1, event: text('ab') },
      { seq: 9, at: 1, event: step },
      { seq: 10, at: 1, event: { type: 'reasoning-delta', text: 'r' } },
      { seq: 11, at: 1, event: text('c') },
    ])
    expect(pieces.drain()).toEqual([])
    pieces.add(text('d'))
    expect(pieces.drain()).toMatchObject([{ seq: 12, event: text('d') }])
  })

  it('forgets progress beyond any use, and nothing else', () => {
    const pieces = createPieces(0, () => 1)
    for (let at = 0; at < 5000; at += 1) pieces.add(progress)
    expect(pieces.add(step)).toEqual({ ...step, seq: 1001 })
    expect(pieces.drain()).toHaveLength(1001)
  })
})

let log: RunLog | undefined
afterEach(() => log?.close())

/** A database that fails as often as it is told. */
function fakeRuns(failures: { append?: number; settle?: number } = {}) {
  const left = { append: 0, settle: 0, ...failures }
  const appended: LoggedEvent[] = []
  const settled: RunSettlement[] = []
  const fail = (which: 'append' | 'settle'): void => {
    left[which] -= 1
    if (left[which] >= 0) throw new AppError('storage_unavailable')
  }
  return {
    appended,
    settled,
    async append(events: readonly LoggedEvent[]) {
      fail('append')
      appended.push(...events)
    },
    async settle(_owner: string, _id: string, settlement: RunSettlement) {
      fail('settle')
      settled.push(settlement)
      return true
    },
  }
}

function start(runs: ReturnType<typeof fakeRuns>) {
  log = createRunLog({ runs, logger: pino({ level: 'silent' }), now: () => 1, intervalMs: 10_000 })
  return log
}

const run = (id = 'run_1', cancel = (): void => {}) => ({ owner: 'ann', id, lastSeq: 0, cancel })

describe('the log of runs', () => {
  it('writes what all runs have to tell at once, and the rest with the end', async () => {
    const runs = fakeRuns()
    const { begin, flush } = start(runs)
    const [one, two] = [begin(run('run_1')), begin(run('run_2'))]
    one.take(step)
    two.take(step)
    await flush()
    expect(runs.appended.map(({ runId, seq }) => [runId, seq])).toEqual([
      ['run_1', 1],
      ['run_2', 1],
    ])
    one.take(text('a'))
    await one.settle(end)
    expect(runs.settled[0]?.events).toMatchObject([{ seq: 2, event: text('a') }])
    await two.settle(end)
  })

  it('loses nothing and keeps the order where a write fails', async () => {
    const runs = fakeRuns({ append: 1 })
    const { begin, flush } = start(runs)
    const recording = begin(run())
    recording.take(step)
    await flush()
    recording.take(text('a'))
    await flush()
    expect(runs.appended.map(({ seq }) => seq)).toEqual([1, 2])
    await recording.settle(end)
  })

  it('tries the end again behind the answer', async () => {
    const runs = fakeRuns({ settle: 1 })
    const recording = start(runs).begin(run())
    recording.take(step)
    await recording.settle(end)
    expect(runs.settled).toEqual([])
    while (runs.settled.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(runs.settled[0]?.events).toHaveLength(1)
  })

  it('cancels for the owner alone, and only what goes', async () => {
    const { begin, cancel } = start(fakeRuns())
    let cancelled = 0
    const recording = begin(
      run('run_1', () => {
        cancelled += 1
        void recording.settle(end)
      }),
    )
    expect(await cancel('ben', 'run_1')).toBe(false)
    expect(await cancel('ann', 'run_2')).toBe(false)
    expect(cancelled).toBe(0)
    expect(await cancel('ann', 'run_1')).toBe(true)
    expect(cancelled).toBe(1)
    expect(await cancel('ann', 'run_1')).toBe(false)
  })

  it('wakes who waits, and lets go who leaves', async () => {
    const { begin, flush, changed } = start(fakeRuns())
    const recording = begin(run())
    const news = changed('run_1', new AbortController().signal)
    recording.take(step)
    await flush()
    await news
    const leaving = new AbortController()
    const gone = changed('run_1', leaving.signal)
    leaving.abort()
    await gone
    await changed('run_1', leaving.signal)
    await recording.settle(end)
  })
})
