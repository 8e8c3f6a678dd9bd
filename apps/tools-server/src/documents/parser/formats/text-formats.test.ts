import { describe, expect, it } from '@jest/globals'
import type { DocumentBlock } from '@tandem/schemas'
import { loadFormat } from '../formats.ts'

const office = 'application/vnd.openxmlformats-officedocument'

async function parse(content: string | Uint8Array, name: string, mediaType = 'text/plain') {
  const bytes = Buffer.from(content as string)
  const format = await loadFormat({ name, mediaType })
  const { title, blocks } = await format.parse({ bytes, name, mediaType })
  const all: DocumentBlock[] = []
  for await (const block of blocks) all.push(block)
  return { title, blocks: all }
}

async function describeText(content: string | Uint8Array, name: string, mediaType = 'text/plain') {
  const format = await loadFormat({ name, mediaType })
  return await format.describe({ bytes: Buffer.from(content as string), name, mediaType })
}

describe('text', () => {
  it('is cut into paragraphs by their lines', async () => {
    const { blocks } = await parse('One\ntwo\r\n\r\n\nThree\n', 'a.txt')
    expect(blocks).toEqual([
      { text: 'One\ntwo', line: 1 },
      { text: 'Three', line: 5 },
    ])
  })

  it.each([
    ['UTF-8 with its mark', Buffer.from('\uFEFFGrüße')],
    ['UTF-16, little end first', Buffer.from('\uFEFFGrüße', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\uFEFFGrüße', 'utf16le').swap16()],
    ['Windows-1252', Buffer.from('Grüße', 'latin1')],
  ])('is read in %s', async (_name, bytes) => {
    expect((await parse(bytes, 'a.txt')).blocks[0]!.text.replace('\uFEFF', '')).toBe('Grüße')
  })

  it('is no binary file', async () => {
    await expect(parse(Buffer.from([1, 0, 2]), 'a.txt')).rejects.toMatchObject({
      code: 'document_unsupported',
    })
  })
})

describe('Markdown', () => {
  const text = [
    '# Guide', // 1
    '',
    'Intro.',
    '',
    '## Install',
    '',
    '```sh',
    '# no heading',
    '',
    'npm i',
    '```',
    '',
    'Set up', // 13
    '------',
    '',
    '- item',
    '',
    '### Deep ###',
    'text',
    '# Next',
    'end',
  ].join('\n')

  it('keeps headings, lines and code in one piece', async () => {
    expect(await parse(text, 'a.md', 'text/markdown')).toEqual({
      title: 'Guide',
      blocks: [
        { text: 'Intro.', line: 3, heading: 'Guide' },
        { text: '```sh\n# no heading\n\nnpm i\n```', line: 7, heading: 'Guide > Install' },
        { text: '- item', line: 16, heading: 'Guide > Set up' },
        { text: 'text', line: 19, heading: 'Guide > Set up > Deep' },
        { text: 'end', line: 21, heading: 'Next' },
      ],
    })
  })

  it('is described by its headings', async () => {
    const { facts } = await describeText(text, 'a.md')
    expect(facts).toContain('headings: # Guide; ## Install; ## Set up; ### Deep; # Next')
  })
})

describe('HTML', () => {
  it('is text below its headings; scripts and styles are not', async () => {
    const html = `<html><head><title>Shop &amp; Co</title><style>p{}</style></head><body>
      <script>alert('x')</script><h1>Prices</h1><p>From <b>one</b>
      euro.</p><pre>a\n  b</pre><table><tr><th>Item<th>Euro</tr><tr><td><p>Pen</p><td>2</table>
      <h2>More</h2><ul><li>x<li>y</ul><template>no</template></body></html>`
    expect(await parse(html, 'a.html', 'text/html')).toEqual({
      title: 'Shop & Co',
      blocks: [
        { text: 'From one euro.', heading: 'Prices' },
        { text: 'a\n  b', heading: 'Prices' },
        { text: 'Item | Euro', heading: 'Prices' },
        { text: 'Pen | 2', heading: 'Prices' },
        { text: 'x', heading: 'Prices > More' },
        { text: 'y', heading: 'Prices > More' },
      ],
    })
  })
})

describe('CSV', () => {
  it('says with each value what it is, and where the row stands', async () => {
    const csv = 'name,note,age\n"Ann","a\nb",31\n\nBob,,"4,5"\n'
    expect((await parse(csv, 'a.csv', 'text/csv')).blocks).toEqual([
      { text: 'name: Ann | note: a\nb | age: 31', line: 2 },
      { text: 'name: Bob | age: 4,5', line: 5 },
    ])
  })

  it.each([
    ['a,b\n1,2\n', 'a.csv', undefined],
    ['a;b\n1,5;2\n3,5;4\n', 'a.csv', 'delimiter: semicolon'],
    ['a\tb\n1\t2\n', 'a.tsv', 'delimiter: tab'],
    ['a|b\n1|2\n', 'a.csv', 'delimiter: bar'],
  ])('finds what parts the values of %j', async (csv, name, how) => {
    const { facts } = await describeText(csv, name, 'text/csv')
    expect(facts[1]).toMatch(/^columns: a \(number\), b \(number\)$/)
    expect(facts[2]).toBe(how)
  })

  it('is described by rows, columns, types and a sample', async () => {
    const rows = Array.from({ length: 100 }, (_, at) => `${at},n${at},2024-01-02,true,`)
    const csv = `id,name,day,ok,none\n${rows.join('\n')}\n`
    const { kind, facts, excerpt } = await describeText(csv, 'a.csv', 'text/csv')
    expect(kind).toBe('CSV table')
    expect(facts).toEqual([
      '100 rows, 5 columns',
      'columns: id (number), name (text), day (date), ok (boolean), none (empty)',
    ])
    expect(excerpt.split('\n')).toHaveLength(9)
    expect(excerpt).toMatch(/^id \| name[^]*\n99 \| n99 \|/)
  })

  it('of millions of characters is counted, and looked at where it begins', async () => {
    const rows = Array.from({ length: 120_000 }, (_, at) => `${at},"a ""quoted""\nline, ${at}",x`)
    const { facts, excerpt } = await describeText(`id,text,z\r\n${rows.join('\r\n\r\n')}`, 'a.csv')
    expect(facts).toEqual(['120000 rows, 3 columns', 'columns: id (number), text (text), z (text)'])
    expect(excerpt).toContain('0 | a "quoted" line, 0 | x')
  })

  it('without a header counts its columns', async () => {
    const { facts } = await describeText('1,2\n3,4\n', 'a.csv', 'text/csv')
    expect(facts).toEqual(['2 rows, 2 columns', 'columns: column 1 (number), column 2 (number)'])
  })

  it('is read where it is not well-formed', async () => {
    const { blocks } = await parse('a,b\n1,2,3\nx "y",z\n4\n', 'a.csv', 'text/csv')
    expect(blocks.map(({ text }) => text)).toEqual([
      'a: 1 | b: 2 | column 3: 3',
      'a: x "y" | b: z',
      'a: 4',
    ])
  })
})

describe('JSON', () => {
  const orders = Array.from({ length: 40 }, (_, id) => ({
    id,
    item: { sku: `s${id}`, price: 1.5 },
  }))

  it('is cut into parts that fit, below their paths', async () => {
    const { blocks } = await parse(JSON.stringify({ shop: 'A', orders }), 'a.json')
    expect(blocks[0]).toEqual({
      heading: 'orders',
      text: '{"id": 0, "item": {"sku": "s0", "price": 1.5}}',
    })
    expect(blocks).toHaveLength(41)
    expect(blocks.at(-1)).toEqual({ text: '"shop": "A"' })
  })

  it('is described by its keys and its shape', async () => {
    const { kind, facts } = await describeText(JSON.stringify({ shop: 'A', orders }), 'a.json')
    expect(kind).toBe('JSON')
    expect(facts[0]).toBe('an object with 2 keys: shop, orders')
    expect(facts[1]).toContain(
      'orders (array e.g. 40 items), orders[] (object), orders[].id (number e.g. 0)',
    )
    expect(facts[1]).toContain('orders[].item.price (number e.g. 1.5)')
  })

  it('may be lines', async () => {
    const { kind, facts } = await describeText('{"a":1}\n{"a":2}\n', 'a.jsonl')
    expect([kind, facts[0]]).toEqual(['JSON Lines', 'an array of 2 items'])
  })

  it('that is not valid is text', async () => {
    expect((await describeText('{"a":', 'a.json')).facts[0]).toContain('not valid JSON')
    expect((await parse('{"a":', 'a.json')).blocks).toEqual([{ text: '{"a":', line: 1 }])
  })
})

describe('Python', () => {
  const source = [
    '"""Tools for shops."""', // 1
    'import os, sys as s',
    'from math import (sqrt,',
    '  pi)',
    '',
    '@deco', // 6
    'class Shop(Base, metaclass=M):',
    '    x = 1',
    '',
    '    async def sell(self, item: str) -> int:', // 10
    '        def inner(): pass',
    '        return 1',
    '',
    'def main(argv=None):', // 14
    '    print("hi")',
    '',
    'main()',
  ].join('\n')

  it('is described by imports, classes and functions', async () => {
    expect((await describeText(source, 'a.py')).facts).toEqual([
      '17 lines',
      'imports: os; sys as s; math (sqrt, pi)',
      'classes: Shop(Base, metaclass=M)',
      'functions: async Shop.sell(self, item: str) -> int; main(argv=None)',
      'docstring: Tools for shops.',
    ])
  })

  it('is cut by its functions and classes', async () => {
    const { blocks } = await parse(source, 'a.py')
    expect(blocks.map(({ heading, line }) => [heading, line])).toEqual([
      [undefined, 1],
      ['Shop', 6],
      ['Shop.sell', 10],
      ['main', 14],
      [undefined, 17],
    ])
    expect(blocks[1]!.text).toMatch(/^@deco\n/)
  })

  it('with errors is read all the same', async () => {
    const { facts } = await describeText('def f(:\n  pass\n\ndef g(x):\n  pass\n', 'a.py')
    expect(facts.join()).toContain('g(x)')
    expect(facts).toContain('it has syntax errors')
  })
})

it('other code begins a block where something begins at the margin', async () => {
  const { blocks } = await parse('function a() {\n\n  b()\n}\n\nconst c = 1\n', 'a.ts')
  expect(blocks).toEqual([
    { text: 'function a() {\n\n  b()\n}\n', line: 1 },
    { text: 'const c = 1', line: 6 },
  ])
})

describe('a format', () => {
  it.each([
    ['a.bin', 'application/octet-stream', undefined],
    ['a', 'audio/mpeg', 'document_unsupported'],
    ['a.zip', 'application/zip', 'document_unsupported'],
    ['constructor', 'application/octet-stream', undefined],
    ['a.exe', 'application/x-msdownload', 'document_unsupported'],
    ['a.csv', `${office}.spreadsheetml.sheet`, undefined],
  ])('of %s, %s', async (name, mediaType, code) => {
    const loaded = await loadFormat({ name, mediaType }).catch((error: unknown) => error)
    expect((loaded as { code?: string }).code).toBe(code)
  })
})
