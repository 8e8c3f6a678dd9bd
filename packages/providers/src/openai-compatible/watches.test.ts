import { expect, jest, test, beforeEach, afterEach } from '@jest/globals'
import { createWatches } from './watches.ts'

const timeouts = { firstByteTimeoutMs: 2000, silenceTimeoutMs: 1000, totalTimeoutMs: 8000 }

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

function start({ isPaused = () => false }: { isPaused?: () => boolean } = {}) {
  const expired: string[] = []
  const clock = createWatches(timeouts)({ isPaused, expire: (what) => expired.push(what) })
  return { clock, expired }
}

test('the first byte may take longer than a silence later', () => {
  const { expired } = start()
  jest.advanceTimersByTime(1900)
  expect(expired).toEqual([])
  jest.advanceTimersByTime(400)
  expect(expired).toEqual(['its first byte'])
})

test('a silence ends it, and is told once', () => {
  const { clock, expired } = start()
  clock.heard()
  jest.advanceTimersByTime(1000)
  clock.heard()
  jest.advanceTimersByTime(1000)
  expect(expired).toEqual([])
  jest.advanceTimersByTime(5000)
  expect(expired).toEqual(['its next piece'])
})

test('a slow reader is not the silence of the upstream', () => {
  let paused = true
  const { clock, expired } = start({ isPaused: () => paused })
  clock.heard()
  jest.advanceTimersByTime(5000)
  paused = false
  jest.advanceTimersByTime(500)
  expect(expired).toEqual([])
  jest.advanceTimersByTime(1000)
  expect(expired).toEqual(['its next piece'])
})

test('all together may not take longer than the whole', () => {
  const { clock, expired } = start()
  for (let ms = 0; ms < 9000; ms += 500) {
    clock.heard()
    jest.advanceTimersByTime(500)
  }
  expect(expired).toEqual(['its whole answer'])
})

test('what is over is not watched, and the timer rests', () => {
  const { clock, expired } = start()
  clock.stop()
  jest.advanceTimersByTime(500)
  expect(jest.getTimerCount()).toBe(0)
  jest.advanceTimersByTime(20_000)
  expect(expired).toEqual([])
})
