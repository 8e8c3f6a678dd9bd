import { describe, expect, it } from '@jest/globals'
import { bare, clip, topicOf, toStages } from './clauses.ts'
import { countTokens, toTokens } from './tokens.ts'

describe('toStages', () => {
  it.each([
    ["What time is it and what's 15 * 23?", [['What time is it', "what's 15 * 23?"]]],
    ['Search for X, then calculate Y and say Z', [['Search for X'], ['calculate Y', 'say Z']]],
    [
      'Search for cats and make slides about them',
      [['Search for cats'], ['make slides about them']],
    ],
    ['First, do this. Then do that, and finally rest.', [['do this.'], ['do that'], ['rest.']]],
    ['1. Search X\n2. Compute Y', [['Search X', 'Compute Y']]],
    [
      'What is the 50th Fibonacci number? Use Python.',
      [['What is the 50th Fibonacci number? Use Python.']],
    ],
    ['add 2 and 3', [['add 2 and 3']]],
    ['search for rock and roll', [['search for rock and roll']]],
    ['If it rains then stay home', [['If it rains then stay home']]],
    ['I am 3.5 years old', [['I am 3.5 years old']]],
    ['', []],
  ])('%j', (text, stages) => {
    expect(toStages(text)).toEqual(stages)
  })

  it('is bounded, whatever is sent', () => {
    const stages = toStages('say x, then '.repeat(10_000))
    expect(stages.length).toBeLessThanOrEqual(24)
    expect(toStages('x'.repeat(10_000))[0]?.[0]).toHaveLength(400)
  })
})

it('takes politeness and punctuation off', () => {
  expect(bare('Hey, could you please count to 3, please?!')).toBe('count to 3')
})

it.each([
  ['What is the meaning of life?', 'meaning of life'],
  ['Tell me about the Romans', 'Romans'],
  ['How does photosynthesis work?', 'photosynthesis'],
])('finds the topic of %j', (text, topic) => {
  expect(topicOf(text)).toBe(topic)
})

it('clips between words', () => {
  expect(clip('one two three', 20)).toBe('one two three')
  expect(clip('one two three', 10)).toBe('one two…')
  expect(clip('abcdefghijkl', 5)).toBe('abcde…')
})

describe('tokens', () => {
  it.each([
    'Hello, world!',
    '  two  spaces\n\n\tand tabs ',
    'Straße, naïve, 中文字符, Ελληνικά, 🙂👩‍👩‍👧',
    '1234567.89 = x',
    '\u0000\ud800 lone',
  ])('join to their text: %j', (text) => {
    expect([...toTokens(text)].join('')).toBe(text)
  })

  it('are about as many as real tokenizers make', () => {
    expect(countTokens('The quick brown fox jumps over the lazy dog.')).toBe(10)
    expect(countTokens('antidisestablishmentarianism')).toBe(3)
  })

  it('are counted no further than the limit', () => {
    expect(countTokens('word '.repeat(1000), 10)).toBe(10)
  })
})
