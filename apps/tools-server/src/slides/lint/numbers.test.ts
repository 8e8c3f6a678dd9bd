import { describe, expect, test } from '@jest/globals'
import { startCpuClock } from '@tandem/testing'
import { isFound, numbersIn, quantitiesIn } from './numbers.ts'

const found = (said: string, source: string): boolean[] =>
  quantitiesIn(said).map((quantity) => isFound(quantity, numbersIn(source)))

describe('numbers that need a source', () => {
  test.each([
    ['Sales grew by 12.5 % to $1,200', ['12.5 %', '$1,200']],
    ['Founded in 1998 with 3 people in 2 rooms', ['1998']],
    ['5 % of all', ['5 %']],
    ['3 million users, €4 each', ['3 million', '€4']],
    ['Phase 2, step 12, version v2.5 and H2O', []],
    ['no numbers', []],
    ['1.234,56 € und 1 234 Stück', ['1.234,56 €', '1 234']],
    ['增长了 35%', ['35%']],
  ])('%s', (text, expected) => {
    expect(quantitiesIn(text).map((quantity) => quantity.text)).toEqual(expected)
  })
})

describe('are found', () => {
  test.each([
    ['12.5 %', 'rose 12.5 percent'],
    ['12,5 %', 'rose 12.5 percent'],
    ['1,200 people', 'There were 1200 people'],
    ['1 200 people', 'There were 1,200 people'],
    ['1.2 million', 'exactly 1,200,000 of them'],
    ['$3 bn', 'cost 3,000,000,000 dollars'],
    ['13 %', 'the share was 12.96 %'],
    ['In 2021', 'as of March 2021,'],
  ])('%s in %s', (said, source) => {
    expect(found(said, source)).toEqual([true])
  })
})

describe('are not found', () => {
  test.each([
    ['13 %', 'the share was 31 %'],
    ['1,200 people', 'There were 12 hundred'],
    ['2022', '2021'],
    ['40 %', 'no numbers at all'],
    ['12.5 %', 'about 12 percent'],
  ])('%s in %s', (said, source) => {
    expect(found(said, source)).toEqual([false])
  })
})

test('a text of nothing but digits and separators takes no time', () => {
  const spent = startCpuClock()
  quantitiesIn('1,1.1 '.repeat(50_000))
  quantitiesIn('1'.repeat(200_000))
  quantitiesIn('1.111'.repeat(40_000))
  expect(spent()).toBeLessThan(3000)
})
