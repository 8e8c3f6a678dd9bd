import { expect, it } from '@jest/globals'
import { tellingWords, toIndexText, toMatch as join, toQueryWords } from './analyze.ts'
import { chooseWords } from './choose-words.ts'

const toMatch = (query: string): string | undefined => join(toQueryWords(query))

it('quotes the telling words of a query and joins them with OR', () => {
  expect(toMatch('What is the speed of a Wing, and "why"?')).toBe('"speed" OR "wing"')
  expect(toMatch('to be or not to be')).toBe('"to" OR "be" OR "or" OR "not"')
  expect(toMatch('  ?! ')).toBeUndefined()
})

it('makes words of scripts without spaces, and of the parts of names', () => {
  expect(tellingWords('検索する')).toEqual(['検索', '索す', 'する'])
  expect(toIndexText('call getUserName now')).toBe('call getUserName now get User Name')
  expect(tellingWords('snake_case getHTTPResponse')).toContain('snake')
})

it('is not led by the operators of FTS5', () => {
  const match = toMatch('a" OR title:x NEAR(b c) * ^y -z') ?? ''
  for (const word of match.split(' OR ')) expect(word).toMatch(/^"[\p{L}\p{N}]+"$/u)
  // Words that are no query's are strings as well.
  expect(join(['a" OR "b', 'NOT'])).toBe('"a"" OR ""b" OR "NOT"')
})

it('takes the first words of a long text', () => {
  const long = Array.from({ length: 500 }, (_, at) => `word${at}`).join(' ')
  expect(toMatch(long)?.split(' OR ')).toHaveLength(64)
})

it('leaves out of a search what is everywhere, but never all of it', () => {
  const frequencies = new Map([
    ['rare', 5],
    ['common', 25_000],
    ['everywhere', 90_000],
    ['frequent', 20_000],
  ])
  const choose = (...words: string[]): string[] =>
    chooseWords(words, (word) => frequencies.get(word) ?? 0)
  expect(choose('everywhere', 'rare', 'frequent', 'common')).toEqual(['rare', 'frequent'])
  expect(choose('everywhere')).toEqual(['everywhere'])
  expect(choose('nowhere', 'everywhere', 'rare')).toEqual(['nowhere', 'rare'])
  expect(choose('nowhere', 'everywhere')).toEqual(['nowhere', 'everywhere'])
})
