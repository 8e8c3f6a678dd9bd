import { describe, expect, test } from '@jest/globals'
import { deckSchema, type Slide } from '@tandem/schemas'
import { cutBullets, cutWords, dropUnsourced, partBullets, shortenBullets } from './mend.ts'
import { lintCount, lintMaterial } from './amount.ts'
import { lintDeck } from './lint-deck.ts'
import { lintSlide } from './rules.ts'

function slideOf(items: string[], more: object = {}): Slide {
  const slide = {
    title: 'The sea rises twice a day',
    blocks: [{ type: 'bullets', items }],
    ...more,
  }
  const [parsed] = deckSchema.parse({ title: 'T', slides: [slide] }).slides
  if (!parsed) throw new Error('no slide')
  return parsed
}

function itemsOf({ blocks }: Slide): unknown[] {
  return blocks.flatMap((block) => (block.type === 'bullets' ? block.items : []))
}

const rulesOf = (slide: Slide, at = 1): string[] => lintSlide(slide, at, {}).map(({ rule }) => rule)
const words = (count: number): string =>
  Array.from({ length: count }, (_, at) => `word${at}`).join(' ')

describe('lint', () => {
  test.each([
    ['nothing', slideOf(['a', 'b', 'c']), []],
    ['no title', slideOf(['a'], { title: undefined }), ['title_missing']],
    ['a topic', slideOf(['a'], { title: 'Tides' }), ['title_topic']],
    ['a topic in Chinese', slideOf(['a'], { title: '潮汐' }), ['title_topic']],
    ['a claim in Chinese', slideOf(['a'], { title: '海水每天涨落两次' }), []],
    ['a long title', slideOf(['a'], { title: words(20) }), ['title_long']],
    ['many points', slideOf(['a', 'b', 'c', 'd', 'e', 'f', 'g']), ['bullets_many']],
    ['long points', slideOf([words(20), words(18)]), ['bullet_long']],
    ['many words', slideOf(Array.from({ length: 6 }, () => words(16))), ['words_many']],
    ['nothing on it', slideOf(['a'], { blocks: [], layout: 'bullets' }), ['slide_empty']],
    ['a section', slideOf(['a'], { blocks: [], title: 'Tides' }), []],
    [
      'a quote',
      slideOf(['a'], { title: 'Hamlet', blocks: [{ type: 'quote', text: 'To be' }] }),
      [],
    ],
  ])('%s', (_, slide, rules) => {
    expect(rulesOf(slide)).toEqual(rules)
  })

  test.each([
    'Sales doubled',
    'Revenue fell sharply',
    'Profit rose',
    'Customers love us',
    'Umsatz verdoppelt sich',
    'Wir wachsen weiter',
    'Les ventes doublent',
    'Las ventas suben',
    'Vendimos más',
    'Продажи выросли',
    'Büyüyoruz',
    '매출이 늘었다',
    '売上が倍増',
    '销量翻倍',
    'Delivered!',
    'Results matter',
    'Our team won',
    'Cash is king',
  ])('“%s” says something', (title) => {
    expect(rulesOf(slideOf(['a'], { title }))).toEqual([])
  })

  test.each([
    'Overview',
    '2. Introduction',
    'Key findings',
    'Results & discussion',
    'Challenges and opportunities',
    'Lessons learned',
    'Executive summary:',
    'Nächste Schritte',
    'Einführung',
    'Prochaines étapes',
    'Próximos pasos',
    'Введение',
    'Следующие шаги',
    '背景',
    'まとめ',
    '결론',
  ])('“%s” names a topic', (title) => {
    expect(rulesOf(slideOf(['a'], { title }))).toEqual(['title_topic'])
  })

  test('numbers are looked for in every kind of block', () => {
    const blocks = [
      { type: 'text', text: 'It is 41 m' },
      { type: 'table', columns: ['42 m', 'x'], rows: [['43 m', 44]] },
      { type: 'big_number', value: '45 %', label: 'of 46 boats' },
      { type: 'timeline', items: [{ when: '1947', title: 'x', text: '48 m' }] },
      { type: 'chart', categories: ['x'], series: [{ name: 'y', values: [49] }] },
      { type: 'quote', text: '50 m', by: '51 m' },
      { type: 'code', code: '52' },
    ]
    const faults = lintSlide(slideOf(['x'], { blocks }), 1, { evidence: new Set([41]) })
    const said = faults.map(({ message }) => /“(.*)” is not/.exec(message)?.[1]).filter(Boolean)
    expect(said.map((text) => Number.parseInt(text ?? '', 10))).toEqual([
      42, 43, 44, 45, 46, 1947, 48, 49, 50, 51,
    ])
  })

  test('a title that stands twice is told, by slide', () => {
    const deck = deckSchema.parse({
      title: 'T',
      slides: [{ title: 'T' }, slideOf(['a']), slideOf(['b'])],
    })
    expect(lintDeck(deck)).toEqual([
      { slide: 3, rule: 'title_repeated', mended: false, message: 'The title is that of slide 2.' },
    ])
  })

  test('a section may be called as no other slide, a closing as the deck', () => {
    const deck = deckSchema.parse({
      title: 'T',
      slides: [
        { title: 'T' },
        { layout: 'section', title: 'Costs fell' },
        slideOf(['a'], { title: 'Rent is lower' }),
        { layout: 'section', title: 'Costs fell' },
        { layout: 'closing', title: 'T' },
      ],
    })
    expect(lintDeck(deck)).toMatchObject([{ slide: 4, rule: 'title_repeated' }])
  })
})

describe('whether a deck says what it was to say', () => {
  const material = [
    'Revenue rose by 8 % to 1.2 million euros. Two new shops opened in May.',
    'The cost of flour rose because of the bad harvest.',
  ]
  test.each([
    ['all of it', ['Sales rose by 8 %', 'New shops opened', 'Flour costs more: bad harvest'], 0],
    ['some of it', ['Sales rose by 8 %'], 2],
    ['in another language', ['Wir haben mehr verkauft', 'Das Mehl ist teurer'], 0],
  ])('%s', (_, items, unused) => {
    const faults = lintMaterial([slideOf(items)], material)
    expect(faults.map(({ rule }) => rule)).toEqual(unused > 0 ? ['material_unused'] : [])
    if (unused > 0)
      expect(faults[0]?.message).toContain(`${unused} of the material’s 3 sentences are on no`)
  })

  test('what is spoken is said, and a long text is only summed up', () => {
    const notes = material.join(' ')
    expect(lintMaterial([slideOf(['x'], { notes })], material)).toEqual([])
    const long = Array.from({ length: 50 }, (_, at) => `Boats number ${at} sails to harbour.`)
    expect(lintMaterial([slideOf(['Boats number 1 sails to harbour'])], long)).toEqual([])
  })

  test('fewer slides than were asked for', () => {
    expect(lintCount(8, 10)).toMatchObject([{ rule: 'slides_fewer' }])
    expect([lintCount(10, 10), lintCount(3, undefined)]).toEqual([[], []])
  })
})

describe('mending', () => {
  test('long points end after a clause, and what they said is in the notes', () => {
    const long = `${words(8)}, ${words(6)}, ${words(9)}`
    const slide = shortenBullets(slideOf([long, 'short', words(20)], { notes: 'Before.' }))
    expect(itemsOf(slide)).toEqual([`${words(8)}, ${words(6)}`, 'short', words(20)])
    expect(slide.notes).toBe(`Before.\n${long}`)
  })

  test('long lists are parted evenly, or cut with the rest in the notes', () => {
    const items = Array.from({ length: 14 }, (_, at) => `p${at}`)
    const parts = partBullets(slideOf(items, { notes: 'Say.' }))
    expect(parts.map((part) => itemsOf(part).length)).toEqual([6, 4, 4])
    expect(parts.flatMap(itemsOf)).toEqual(items)
    expect(parts.map(({ notes }) => notes)).toEqual(['Say.', undefined, undefined])
    const cut = cutBullets(slideOf(items))
    expect([itemsOf(cut), cut.notes]).toEqual([items.slice(0, 6), items.slice(6).join('\n')])
  })

  test('a slide with too many words loses points to its notes, but never all', () => {
    const slide = cutWords(slideOf(Array.from({ length: 6 }, (_, at) => `${at} ${words(30)}`)))
    expect(itemsOf(slide)).toHaveLength(2)
    expect(slide.notes?.split('\n')).toHaveLength(4)
  })

  test('points and blocks with numbers from nowhere leave', () => {
    const table = { type: 'table', columns: ['x'], rows: [['99 m']] }
    const blocks = [{ type: 'bullets', items: ['It is 41 m', 'It is 77 m'] }, table]
    const slide = dropUnsourced(slideOf(['x'], { blocks }), new Set([41]))
    expect(slide?.blocks).toMatchObject([{ items: ['It is 41 m'] }])
    expect(slide?.notes).toBe('Not found in the sources: It is 77 m')
    expect(dropUnsourced(slideOf(['It is 77 m']), new Set())).toBeUndefined()
  })
})
