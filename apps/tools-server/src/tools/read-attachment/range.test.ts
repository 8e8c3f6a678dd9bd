import { expect, it } from '@jest/globals'
import { parseRange } from './range.ts'

const end = Number.MAX_SAFE_INTEGER

it.each([
  ['', { from: 1, to: end }],
  ['3', { from: 3, to: 3 }],
  ['2-5', { from: 2, to: 5 }],
  [' 2 – 5 ', { from: 2, to: 5 }],
  ['120-', { from: 120, to: end }],
  ['5-2', undefined],
  ['0', undefined],
  ['-3', undefined],
  ['1,3', undefined],
  ['all', undefined],
  ['1234567890', undefined],
])('%j', (text, range) => {
  expect(parseRange(text)).toEqual(range)
})
