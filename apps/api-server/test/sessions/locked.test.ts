import { expect, it } from '@jest/globals'
import { talkWhileLocked } from './locked.ts'

it('a write lock that is held for 3 s costs nobody an error', async () => {
  const { statuses, streamed, stored, slowestRead } = await talkWhileLocked(3000)
  expect(statuses).toEqual([200, 200, 200, 200, 200])
  expect(streamed).toMatch(/data: \[DONE\]\n\n$/)
  expect(stored).toEqual([
    { content: 'Count', status: undefined },
    { content: 'One two three', status: undefined },
  ])
  expect(slowestRead).toBeLessThan(1000)
}, 60_000)
