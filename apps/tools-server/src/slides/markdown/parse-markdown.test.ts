import { describe, expect, test } from '@jest/globals'
import { startCpuClock } from '@tandem/testing'
import { deckSchema, type Deck } from '@tandem/schemas'
import { parseMarkdown } from './parse-markdown.ts'

const parse = (markdown: string): Deck => deckSchema.parse(parseMarkdown(markdown))
const titles = (markdown: string): (string | undefined)[] =>
  parse(markdown).slides.map(({ title }) => title)
const blocksOf = (markdown: string): Deck['slides'][number]['blocks'] =>
  parse(`# T\n\n---\n\n## Slide\n\n${markdown}`).slides[1]?.blocks ?? []

describe('one part is one slide', () => {
  test.each([
    ['with blank lines', '# A\n\n---\n\n# B\n\n---\n\n# C'],
    ['without them, where CommonMark would see headings', 'A\n---\nB\n---\nC'],
    ['by other rulers', '# A\n\n***\n\n# B\n\n_ _ _\n\n# C'],
    ['from Windows', '# A\r\n\r\n---\r\n\r\n# B\r\n---\r\n# C\r\n'],
    ['by headings, where that is asked for', '---\nheadingDivider: 1\n---\n# A\n\n# B\n\n# C'],
    ['with a ruler at each end', '---\n# A\n---\n# B\n---\n# C\n---\n'],
  ])('%s', (_, markdown) => {
    expect(titles(markdown)).toEqual(['A', 'B', 'C'])
  })

  test('but not in code, comments and tables', () => {
    const markdown =
      '# A\n\n```yaml\na: 1\n---\nb: 2\n```\n\n~~~\n---\n~~~\n\n<!-- say\n---\nthis -->\n\n| x |\n|---|\n| 1 |\n\n---\n\n# B'
    expect(titles(markdown)).toEqual(['A', 'B'])
    const [first] = parse(markdown).slides
    expect(first?.notes).toBe('say\n---\nthis')
    expect(first?.blocks.map(({ type }) => type)).toEqual(['code', 'code', 'table'])
  })

  test('an empty part in the middle is a slide', () => {
    expect(parse('# A\n\n---\n\n---\n\n# B').slides).toHaveLength(3)
  })
})

test('the front matter says title, author, language, size and look', () => {
  const deck = parse(
    '---\nmarp: true\ntitle: "Tides"\nauthor: Ann\nlang: pt-BR\nsize: 4:3\ntheme: vivid\npaginate: true\n---\n\n# Hello',
  )
  expect(deck).toMatchObject({
    title: 'Tides',
    author: 'Ann',
    language: 'pt-BR',
    aspect: '4:3',
    theme: 'vivid',
  })
  expect(parse('---\ntheme: gaia\nclass: invert\n---\n# Hello').theme).toBe('clear-dark')
  expect(parse('---\nlang: "../etc"\n---\n# Hello')).toMatchObject({
    language: 'en',
    title: 'Hello',
  })
})

describe('blocks', () => {
  test('lists with levels, numbers and tasks', () => {
    expect(blocksOf('- a\n  - b\n    - c\n      - d\n- **e** `f`')).toEqual([
      {
        type: 'bullets',
        numbered: false,
        items: [
          { text: 'a', level: 0 },
          { text: 'b', level: 1 },
          { text: 'c', level: 2 },
          { text: 'd', level: 2 },
          { text: '**e** `f`', level: 0 },
        ],
      },
    ])
    expect(blocksOf('1. a\n2. b')).toMatchObject([{ numbered: true }])
    expect(blocksOf('- [x] a\n- [ ] b')).toMatchObject([
      { items: [{ text: '☑ a' }, { text: '☐ b' }] },
    ])
  })

  test('tables, code, quotes, text', () => {
    expect(blocksOf('| a | b |\n|---|---|\n| 1 | *2* |\n| 3 |')).toEqual([
      {
        type: 'table',
        columns: ['a', 'b'],
        rows: [
          ['1', '*2*'],
          ['3', ''],
        ],
      },
    ])
    expect(blocksOf('```c++ {1,2}\nint x;\n```')).toEqual([
      { type: 'code', code: 'int x;', language: 'c++' },
    ])
    expect(blocksOf('> To be\n> or not\n>\n> — Hamlet')).toEqual([
      { type: 'quote', text: 'To be or not', by: 'Hamlet' },
    ])
    expect(blocksOf('One.\n\nTwo &amp; three.')).toEqual([
      { type: 'text', text: 'One.\n\nTwo & three.' },
    ])
  })

  test('headings below the first stand above what follows them', () => {
    expect(blocksOf('- a\n\n### More\n\n- b')).toMatchObject([
      { type: 'bullets' },
      { type: 'bullets', heading: 'More' },
    ])
  })

  test('pictures by data, by id, by name and by our own links', () => {
    const sources = [
      'data:image/png;base64,iVBORw0KGgo=',
      'file-abc_1',
      'my%20chart.png',
      'http://127.0.0.1:10007/files/file-abc_1/chart.png?signature=x',
      '/v1/files/file-abc_1/content',
    ]
    const images = sources.map((source) => blocksOf(`![w:300 What it shows](${source})`)[0])
    expect(
      images.map((image) => image?.type === 'image' && (image.file_id ?? image.data_url)),
    ).toEqual([sources[0], 'file-abc_1', 'my chart.png', 'file-abc_1', 'file-abc_1'])
    expect(images[0]).toMatchObject({ alt: 'What it shows' })
  })

  test('links become sources', () => {
    const [, slide] = parse(
      '# T\n\n---\n\n## S\n\nSee [the paper](https://x.example/a) and https://y.example',
    ).slides
    expect(slide?.sources).toEqual([{ title: 'the paper', url: 'https://x.example/a' }])
    expect(slide?.blocks).toMatchObject([{ text: 'See the paper and https://y.example' }])
  })

  test.each(['link', 'here', 'Read more', 'the source', 'hier'])(
    'a link that is called “%s” is named by its host',
    (name) => {
      const [, slide] = parse(`# T\n\n---\n\n## S\n\nSee [${name}](https://x.example/a)`).slides
      expect(slide?.sources).toEqual([{ title: 'x.example', url: 'https://x.example/a' }])
    },
  )
})

test('a line of numbered sources is no text of the slide', () => {
  const line = '[\\[1\\] A report](<https://x.example/a>) · \\[2\\] A page'
  const [, slide] = parse(`# T\n\n---\n\n## S\n\n- a\n\n${line}`).slides
  expect(slide?.sources).toEqual([
    { title: 'A report', url: 'https://x.example/a' },
    { title: 'A page' },
  ])
  expect(slide?.blocks.map(({ type }) => type)).toEqual(['bullets'])
})

test('directives of Marp are no notes, and a class may name a layout', () => {
  const [, slide] = parse(
    '# T\n\n---\n\n<!-- _class: quote -->\n<!-- backgroundColor: red -->\n> Hi\n',
  ).slides
  expect(slide).toMatchObject({ layout: 'quote', blocks: [{ type: 'quote', text: 'Hi' }] })
  expect(slide?.notes).toBeUndefined()
})

describe('what would do harm', () => {
  test.each([
    'http://127.0.0.1:1/x.png',
    'https://example.org/x.png',
    'HTTP://example.org/x.png',
    '//example.org/x.png',
    'file:///etc/passwd',
    '/etc/passwd',
    '../../etc/passwd',
    'ftp://example.org/x.png',
    'C:\\windows\\x.png',
  ])('a picture at %s is refused, by its slide', (source) => {
    expect(() => parseMarkdown(`# A\n\n---\n\n![x](<${source}>)`)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        param: 'markdown',
        message: expect.stringMatching(/^Slide 2 names a picture by an address or a path/),
      }),
    )
  })

  test('HTML is text without its tags, scripts are gone', () => {
    const text = JSON.stringify(
      parse(
        '# A <img src=x onerror=alert(1)>\n\n<script>alert(1)</script>\n\n<div onclick="x()">kept <b>bold</b></div>\n\nin <i>line</i><br>next <style>a{}</style><iframe src="http://x">',
      ),
    )
    expect(text).not.toMatch(/<|alert|onclick|iframe|a\{\}/)
    expect(text).toContain('kept bold')
  })

  test.each(['', '\n\n', '---\n', '<!-- -->'])('%j is no deck or an empty slide', (markdown) => {
    try {
      expect(parse(markdown).slides.every(({ blocks }) => blocks.length === 0)).toBe(true)
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid_request', param: 'markdown' })
    }
  })

  test('more slides than a deck may have are refused', () => {
    expect(() =>
      parseMarkdown(Array.from({ length: 151 }, () => '# A').join('\n\n---\n\n')),
    ).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'markdown' }))
  })

  test.each([
    ['brackets', '['.repeat(50_000)],
    ['images', '!['.repeat(20_000)],
    ['stars', '*a '.repeat(20_000)],
    ['comments', '<!--'.repeat(20_000)],
    ['quotes', '> '.repeat(2000)],
    ['fences', '```\n'.repeat(10_000)],
    ['tags', '<'.repeat(50_000)],
    ['entities', '&#x'.repeat(30_000)],
    ['spaces', `a${' '.repeat(100_000)}b`],
    ['dashes', `${'- '.repeat(50_000)}x`],
    ['levels', Array.from({ length: 600 }, (_, at) => `${'  '.repeat(at)}- x`).join('\n')],
    ['few levels', Array.from({ length: 59 }, (_, at) => `${'  '.repeat(at)}- x`).join('\n')],
    ['cells', `|${'a|'.repeat(5000)}\n|${'-|'.repeat(5000)}\n|${'b|'.repeat(5000)}`],
    ['data', `![x](data:image/png;base64,${'A'.repeat(8_000_000)})`],
    ['links', '[a](b '.repeat(8000)],
    ['marks', '**a*'.repeat(12_000)],
  ])('a flood of %s ends soon', (_, flood) => {
    const spent = startCpuClock()
    try {
      parseMarkdown(`# A\n\n${flood}`)
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid_request' })
    }
    expect(spent()).toBeLessThan(4000)
  })
})
