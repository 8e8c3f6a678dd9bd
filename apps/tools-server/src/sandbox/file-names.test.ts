import { expect, test } from '@jest/globals'
import { isFileName } from './file-names.ts'

test.each(['a.txt', 'data/a b.csv', '.hidden', 'größe.png', '图.png', 'a/b/c/d/e/f/g/h', '...'])(
  'takes %j',
  (name) => expect(isFileName(name)).toBe(true),
)

test.each([
  '',
  '/etc/passwd',
  '../a',
  'a/../b',
  './a',
  'a//b',
  'a/',
  'a\\b',
  'a\nb',
  'a\0b',
  'a\u202Eb',
  'a\u200Bb',
  'a\u2028b',
  ' a',
  'a ',
  '\uD800',
  'x'.repeat(201),
  'é'.repeat(101),
  'a/b/c/d/e/f/g/h/i',
])('refuses %j', (name) => expect(isFileName(name)).toBe(false))
