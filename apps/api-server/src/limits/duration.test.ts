import { expect, it } from '@jest/globals'
import { toDuration } from './duration.ts'

it.each([
  [0, '0ms'],
  [-5, '0ms'],
  [11.2, '12ms'],
  [999, '999ms'],
  [1000, '1s'],
  [1001, '2s'],
  [59_000, '59s'],
  [59_001, '1m0s'],
  [360_000, '6m0s'],
  [3_661_000, '1h1m1s'],
])('%d ms is %s', (ms, expected) => {
  expect(toDuration(ms)).toBe(expected)
})
