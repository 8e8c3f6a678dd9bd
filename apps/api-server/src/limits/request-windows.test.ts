import { expect, it } from '@jest/globals'
import { createRequestWindows } from './request-windows.ts'

it('counts each key in a window that begins with its first request', () => {
  let now = 500
  const windows = createRequestWindows(2, 60_000, () => now)
  expect(windows.take('a')).toEqual({ limit: 2, remaining: 1, resetMs: 60_000, isExceeded: false })
  now += 59_999
  expect(windows.take('a')).toEqual({ limit: 2, remaining: 0, resetMs: 1, isExceeded: false })
  expect(windows.take('a')).toEqual({ limit: 2, remaining: 0, resetMs: 1, isExceeded: true })
  expect(windows.take('b')).toMatchObject({ remaining: 1, resetMs: 60_000 })
  now += 1
  expect(windows.take('a')).toEqual({ limit: 2, remaining: 1, resetMs: 60_000, isExceeded: false })
  expect(windows.take('b')).toMatchObject({ remaining: 0, resetMs: 59_999 })
})

it('forgets nobody whose window goes on when it sweeps', () => {
  let now = 0
  const windows = createRequestWindows(1, 1000, () => now)
  windows.take('old')
  now = 900
  expect(windows.take('young').isExceeded).toBe(false)
  now = 1000
  expect(windows.take('old').isExceeded).toBe(false)
  expect(windows.take('young').isExceeded).toBe(true)
  now = 1900
  expect(windows.take('young').isExceeded).toBe(false)
})
