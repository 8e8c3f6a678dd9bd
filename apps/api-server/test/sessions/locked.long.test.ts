import { expect, it } from '@jest/globals'
import { talkWhileLocked } from './locked.ts'

it('a write lock that is held for 30 s gives 503 and loses nothing', async () => {
  const outcome = await talkWhileLocked(30_000)
  expect(outcome.statuses).toEqual([503, 503, 503, 503, 503])
  expect(outcome.retryAfter).toEqual(['2', '2', '2', '2', '2'])
  expect(outcome.slowest).toBeLessThan(20_000)
  expect(outcome.slowestRead).toBeLessThan(1000)
  expect(outcome.streamed).toMatch(/data: \[DONE\]\n\n$/)
  expect(outcome.stored).toEqual([
    { content: 'Count', status: undefined },
    { content: 'One two three', status: undefined },
  ])
}, 120_000)
