import { expect, it } from '@jest/globals'
import { quotePassages } from './passages.ts'

const content = [
  `Passages of the user's documents for "vacation". Cite as [1].`,
  '[1] handbook.md, Leave (score 1.00)\n… Before it.\nEmployees get 27 days of paid vacation a year. Unused days lapse in March.\nAfter it …',
  '[2] Safe (score 0.40)\nThe safe is opened by two people together.',
  'No embedding model is configured: found by words alone.',
].join('\n\n')

it.each([
  [
    'how many days of paid vacation do I get',
    '“Employees get 27 days of paid vacation a year.” (handbook.md, Leave) [1]',
  ],
  ['who opens the safe', '“The safe is opened by two people together.” (Safe) [2]'],
  [
    'something else entirely',
    '“Employees get 27 days of paid vacation a year.” (handbook.md, Leave) [1]',
  ],
])('quotes what answers %j', (query, quote) => {
  expect(quotePassages(content, query)).toBe(quote)
})

it('quotes two where two answer alike, and nothing where there is nothing', () => {
  const twice = '[1] A\nOtters eat fish.\n\n[2] B, page 3\nAn otter may eat crabs.'
  expect(quotePassages(twice, 'what do otters eat')).toBe(
    '“Otters eat fish.” (A) [1]\n“An otter may eat crabs.” (B, page 3) [2]',
  )
  expect(quotePassages('Nothing was found for "x".', 'x')).toBeUndefined()
})
