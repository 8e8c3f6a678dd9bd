import { describe, expect, it } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSessionTurns } from './session-turns.ts'

const { signal } = new AbortController()
const patient = { signal, patienceMs: 5000 }

describe('the line of a session', () => {
  it('lets one in at a time, in order of arrival', async () => {
    const turns = createSessionTurns()
    const seen: number[] = []
    const work = Array.from({ length: 5 }, async (_, at) => {
      const leave = await turns.enter('s', patient)
      seen.push(at)
      await sleep(5)
      seen.push(at)
      leave()
    })
    await Promise.all(work)
    expect(seen).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
  })

  it('is one line a session', async () => {
    const turns = createSessionTurns()
    await turns.enter('a', patient)
    await turns.enter('b', patient)
  })

  it('ends for who waits too long, or leaves, and goes on for the others', async () => {
    const turns = createSessionTurns()
    const leave = await turns.enter('s', patient)
    await expect(turns.enter('s', { signal, patienceMs: 10 })).rejects.toMatchObject({
      code: 'session_busy',
      status: 409,
      retryAfterMs: 2000,
    })
    const gone = new AbortController()
    const left = turns.enter('s', { signal: gone.signal, patienceMs: 5000 })
    const next = turns.enter('s', patient)
    gone.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    leave()
    leave()
    const leaveNext = await next
    leaveNext()
    await turns.enter('s', patient)
  })

  it('is not endless', async () => {
    const turns = createSessionTurns()
    const leave = await turns.enter('s', patient)
    const waiting = Array.from({ length: 16 }, () =>
      turns.enter('s', patient).then((leave) => leave()),
    )
    await expect(turns.enter('s', patient)).rejects.toMatchObject({ code: 'session_busy' })
    leave()
    await Promise.all(waiting)
  })

  it('nobody enters whose client has left', async () => {
    const turns = createSessionTurns()
    await expect(
      turns.enter('s', { signal: AbortSignal.abort(new Error('gone')), patienceMs: 10 }),
    ).rejects.toThrow('gone')
    await turns.enter('s', patient)
  })
})

it('settles when all that was being saved is saved', async () => {
  const turns = createSessionTurns()
  let done = false
  turns.track(sleep(30).then(() => void (done = true)))
  await turns.settle()
  expect(done).toBe(true)
  expect(turns.isClosing()).toBe(true)
})
