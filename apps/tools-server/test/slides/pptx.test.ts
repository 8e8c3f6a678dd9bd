import type { DeckInput } from '@tandem/schemas'
import { unzipSync, strFromU8 } from 'fflate'
import { faultsOfPptx, partsOf, textOfPart, textOfSlide } from './check-pptx.ts'
import { render } from './render.ts'
import { arabic, chinese, everyLayout } from './sample-decks.ts'
import { sampleImage, samplePng } from './sample-images.ts'

let every: DeckInput
beforeAll(async () => {
  every = everyLayout(await sampleImage())
})

async function toPptx(deck: DeckInput): Promise<{ bytes: Uint8Array; slides: number }> {
  const [file] = await render(deck, ['pptx'])
  return file!
}

test('every layout: whole parts, relationships that lead somewhere, ids of their own, boxes on the slide', async () => {
  const { bytes, slides } = await toPptx(every)
  expect(faultsOfPptx(bytes, slides)).toEqual([])
  expect(slides).toBe(every.slides.length)
  const parts = partsOf(bytes)
  expect(textOfSlide(parts, 4)).toContain('Labels arrive two weeks late on average')
  expect(textOfPart(parts, 'ppt/slides/slide4.xml')).toContain('type="title"')
  expect(textOfPart(parts, 'docProps/core.xml')).toContain(every.title)
  const notes = Object.keys(parts).filter((name) => name.startsWith('ppt/notesSlides/notesSlide'))
  expect(notes.map((name) => textOfPart(parts, name)).join('')).toContain(
    'Give the example of the payments team.',
  )
})

test('charts and tables are native: the numbers lie in a workbook that can be edited', async () => {
  const parts = partsOf((await toPptx(every)).bytes)
  const charts = Object.keys(parts).filter((name) => /^ppt\/charts\/chart\d+\.xml$/.test(name))
  expect(charts).toHaveLength(4)
  expect(textOfPart(parts, charts[0]!)).toMatch(/<c:v>31<\/c:v>/)
  const book = Object.keys(parts).find((name) => name.endsWith('.xlsx'))
  expect(Object.keys(unzipSync(parts[book!]!))).toContain('xl/worksheets/sheet1.xml')
  expect(textOfPart(parts, 'ppt/slides/slide11.xml')).toContain('<a:tbl>')
})

test('Chinese and Arabic decks are whole, and say their language and direction', async () => {
  for (const deck of [chinese, arabic]) {
    const { bytes, slides } = await toPptx(deck)
    expect(faultsOfPptx(bytes, slides)).toEqual([])
  }
  const parts = partsOf((await toPptx(arabic)).bytes)
  expect(textOfPart(parts, 'ppt/slides/slide4.xml')).toMatch(/rtl="1"[^>]*algn="r"/)
  expect(textOfPart(parts, 'ppt/slides/slide4.xml')).toContain('lang="ar-SA"')
})

const hostile = '<script>alert(1)</script> & "q" \u0000\u0007\uFFFE\u202Eevil =1+1'
const formula = '=HYPERLINK("http://evil.example","x")'

test('tags, control characters and formulas are text and nothing else, in every part', async () => {
  const [file] = await render(
    {
      title: hostile,
      author: hostile,
      sources: [{ title: hostile, url: 'https://example.com/?a=1&b="2"' }],
      slides: [
        {
          title: hostile,
          notes: hostile,
          sources: [1],
          blocks: [{ type: 'bullets', items: [hostile, formula] }],
        },
        {
          blocks: [
            {
              type: 'chart',
              title: hostile,
              unit: '"; [Red]',
              categories: [formula, '@SUM(A1)', hostile],
              series: [
                { name: formula, values: [1, null, 3] },
                { name: '+1', values: [-1, 2, null] },
              ],
            },
          ],
        },
        {
          blocks: [
            {
              type: 'table',
              columns: [hostile, formula],
              rows: [
                [formula, null],
                [true, -1.5],
              ],
            },
          ],
        },
        { blocks: [{ type: 'image', file_id: 'file-1', alt: hostile, caption: hostile }] },
        {
          blocks: [{ type: 'timeline', items: [{ when: hostile, title: hostile, text: hostile }] }],
        },
        { blocks: [{ type: 'code', code: `\u0000${hostile}\n\tindented` }] },
      ],
    },
    ['pptx'],
    new Map([['file-1', { bytes: await samplePng() }]]),
  )
  expect(faultsOfPptx(file!.bytes, 6)).toEqual([])
  const parts = partsOf(file!.bytes)
  expect(textOfSlide(parts, 1)).toContain('<script>alert(1)</script> & "q" evil =1+1')
  const books = Object.entries(parts).filter(([name]) => name.endsWith('.xlsx'))
  expect(books).toHaveLength(1)
  const sheets = books.flatMap(([, book]) => Object.entries(unzipSync(book)))
  for (const [name, sheet] of sheets.filter(([name]) => name.includes('sheet'))) {
    expect({ name, formulas: strFromU8(sheet).match(/<f[ >]/g) }).toEqual({ name, formulas: null })
  }
})
