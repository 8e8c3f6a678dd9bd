import { expect, test } from '@jest/globals'
import { createFairQueue } from './fair-queue.ts'

const { signal } = new AbortController()

test('owners take turns, however many runs one of them has waiting', async () => {
  const queue = createFairQueue({ slots: 1, perOwner: 1, maxWaiting: 200 })
  const order: string[] = []
  const run = async (owner: string): Promise<void> => {
    const release = await queue.acquire(owner, signal)
    order.push(owner)
    await new Promise((resolve) => setImmediate(resolve))
    release()
  }
  const runs = [...Array.from({ length: 100 }, () => run('a')), run('b'), run('c'), run('b')]
  await Promise.all(runs)
  expect(order.slice(0, 6)).toEqual(['a', 'a', 'b', 'c', 'a', 'b'])
  expect(order).toHaveLength(103)
  expect(queue.running()).toBe(0)
})

test('one owner never holds every slot', async () => {
  const queue = createFairQueue({ slots: 2, perOwner: 1, maxWaiting: 9 })
  const first = await queue.acquire('a', signal)
  const second = queue.acquire('a', signal)
  const other = await queue.acquire('b', signal)
  expect(queue.running()).toBe(2)
  first()
  const release = await second
  other()
  release()
  expect(queue.running()).toBe(0)
})

test('giving a slot up twice gives up one slot', async () => {
  const queue = createFairQueue({ slots: 2, perOwner: 2, maxWaiting: 9 })
  const release = await queue.acquire('a', signal)
  await queue.acquire('a', signal)
  release()
  release()
  expect(queue.running()).toBe(1)
})

test('a waiting run can be aborted, and too many are refused', async () => {
  const queue = createFairQueue({ slots: 1, perOwner: 1, maxWaiting: 1 })
  const release = await queue.acquire('a', signal)
  const controller = new AbortController()
  const waiting = queue.acquire('a', controller.signal)
  await expect(queue.acquire('a', signal)).rejects.toMatchObject({ code: 'rate_limit_exceeded' })
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(queue.acquire('a', AbortSignal.abort(new Error('early')))).rejects.toThrow('early')
  release()
  ;(await queue.acquire('a', signal))()
  expect(queue.running()).toBe(0)
})
