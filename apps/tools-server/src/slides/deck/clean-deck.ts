/** A deck whose every text can be held by every format. */
import type { Deck } from '@tandem/schemas'
import { cleanLine, cleanText } from '../text/clean.ts'

/** Names and ids, which are not shown. */
const untouched = new Set([
  'data_url',
  'file_id',
  'type',
  'layout',
  'kind',
  'language',
  'aspect',
  'theme',
])
/** What may have more than one line. */
const manyLines = new Set(['text', 'notes'])

export function cleanDeck(deck: Deck): Deck {
  return clean(deck, '') as Deck
}

function clean(value: unknown, key: string): unknown {
  if (untouched.has(key)) return value
  if (typeof value === 'string') {
    if (key === 'url') return new URL(value).href
    if (key === 'code') return cleanText(value).replaceAll('\t', '    ')
    return manyLines.has(key) ? cleanText(value) : cleanLine(value)
  }
  if (Array.isArray(value)) return value.map((each: unknown) => clean(each, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, clean(each, name)]))
}
