import { describe, expect, test } from '@jest/globals'
import { createBibliography } from './bibliography.ts'
import { createPassageChoice } from './choose-passages.ts'
import { fromDocument, fromMaterial } from './passages.ts'

const sentence = (word: string): string =>
  `This sentence is about ${word} and about nothing else at all.`

describe('passages', () => {
  test('of a text are cut between sentences and lose nothing', () => {
    const text = Array.from({ length: 60 }, (_, at) => sentence(`thing${at}`)).join(' ')
    const passages = fromMaterial(text)
    expect(passages.length).toBeGreaterThan(3)
    expect(passages.every(({ text: part }) => part.length <= 1000 && part.endsWith('.'))).toBe(true)
    expect(passages.map((passage) => passage.text).join(' ')).toBe(text)
  })

  test('of a text without an end are cut anywhere', () => {
    const passages = fromMaterial('x'.repeat(10_000))
    expect(passages.map(({ text }) => text.length)).toEqual([
      ...Array.from({ length: 11 }, () => 900),
      100,
    ])
  })

  test('of a document know its pages', () => {
    const blocks = [
      { text: 'One.', page: 1 },
      { text: 'Two.', page: 1 },
      { text: 'Three.', page: 2 },
    ]
    expect(fromDocument({ title: 'Book', blocks }, 'file-1')).toEqual([
      { source: { title: 'Book', file_id: 'file-1', page: 1 }, text: 'One.\nTwo.' },
      { source: { title: 'Book', file_id: 'file-1', page: 2 }, text: 'Three.' },
    ])
  })
})

describe('of a long text', () => {
  const passages = fromMaterial(
    Array.from({ length: 300 }, (_, at) => ({
      title: `S${at}`,
      text: sentence(`thing${at} ${'filler '.repeat(20)}`),
    })).slice(0, 50),
  )
  const choice = createPassageChoice(passages)

  test('what says most about the query is chosen, in its order', () => {
    const chosen = choice.choose('thing7 and thing41', 1000).map(({ source }) => source.title)
    expect(chosen).toEqual(expect.arrayContaining(['S7', 'S41']))
    expect(chosen.indexOf('S7')).toBeLessThan(chosen.indexOf('S41'))
  })

  test('where nothing fits, some from all over it', () => {
    const chosen = choice.choose('zebra', 2000)
    const at = chosen.map((passage) => passages.indexOf(passage))
    expect(at.length).toBeGreaterThan(5)
    expect(at.at(-1)).toBeGreaterThan(25)
    expect(at).toEqual(at.toSorted((a, b) => a - b))
  })

  test('all of it where there is room', () => {
    expect(choice.choose('zebra', 100_000)).toEqual(passages)
  })
})

test('a source has one number, and one without a name has none', () => {
  const { numberOf, source } = createBibliography()
  expect(
    [{ title: 'A' }, { title: 'B' }, { title: 'A' }, { title: 'A', page: 2 }, { title: '' }].map(
      numberOf,
    ),
  ).toEqual([1, 2, 1, 3, undefined])
  expect([source(3), source(4), source(0)]).toEqual([{ title: 'A', page: 2 }, undefined, undefined])
})
