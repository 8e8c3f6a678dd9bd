/** Documents read by a real process, each made by a real library. */
import { describe, expect, it } from '@jest/globals'
import { createDocuments } from '../../src/documents/documents.ts'
import { makeDocx, makeJapanesePdf, makePdf, makePptx, makeXlsx } from './make-files.ts'
import { patience, placeFile } from './place-file.ts'

const documents = createDocuments()
const lines = { unit: 'lines', from: 1, to: 1000 } as const

describe('PDF', () => {
  it('is text by pages, with what it says of itself', async () => {
    const pages = ['First page.\n\nIts second paragraph.', 'About rockets.', 'The end.']
    const file = await placeFile(await makePdf(pages), 'report.pdf')
    expect(await documents.parse(file, patience())).toEqual({
      title: 'Annual report',
      blocks: [
        { text: 'First page.\nIts second paragraph.', page: 1 },
        { text: 'About rockets.', page: 2 },
        { text: 'The end.', page: 3 },
      ],
    })
    const { kind, facts, excerpt } = await documents.describe(file, patience())
    expect(kind).toBe('PDF document')
    expect(facts).toEqual(
      expect.arrayContaining(['title: Annual report', 'author: Ada Lovelace', '3 pages']),
    )
    expect(excerpt).toContain('[page 2]\nAbout rockets.')
    const range = { unit: 'pages', from: 2, to: 2 } as const
    expect(await documents.read(file, { range, maxChars: 1000 }, patience())).toEqual({
      unit: 'pages',
      text: '[page 2]\nAbout rockets.',
      next: 3,
    })
  })

  it('with a font that is only named is text in Japanese too', async () => {
    const bytes = makeJapanesePdf('93fa967b8cea82cc95b68f91')
    const { blocks } = await documents.parse(await placeFile(bytes, 'ja.pdf'), patience())
    expect(blocks).toEqual([{ text: '日本語の文書', page: 1 }])
  })

  it('without text is a scan', async () => {
    const file = await placeFile(await makePdf(['']), 'scan.pdf')
    const parsing = documents.parse(file, patience())
    await expect(parsing).rejects.toMatchObject({ code: 'document_without_text' })
    expect((await documents.describe(file, patience())).facts.join()).toContain('may be a scan')
  })
})

it('DOCX is text below its headings, tables by rows', async () => {
  const file = await placeFile(await makeDocx(), 'policy.docx')
  expect(await documents.parse(file, patience())).toEqual({
    title: 'Travel policy',
    blocks: [
      { text: 'Trains come before planes.', heading: 'Travel' },
      {
        text: 'Forty euros a day are paid.\nCity | Rate\nOslo | 55',
        heading: 'Travel > Meals',
      },
    ],
  })
  const { facts } = await documents.describe(file, patience())
  expect(facts).toEqual(
    expect.arrayContaining(['author: Grace Hopper', '16 words', 'headings: # Travel; ## Meals']),
  )
})

it('PPTX is text by slides, with titles, tables and notes', async () => {
  const file = await placeFile(await makePptx(), 'deck.pptx')
  expect(await documents.parse(file, patience())).toEqual({
    title: 'Launch plan',
    blocks: [
      {
        text: 'Why now\nThe market doubled in 2025.\nNotes: Say it slowly.',
        page: 1,
        heading: 'Why now',
      },
      { text: 'Costs\nItem | Euro\nRockets | 700', page: 2, heading: 'Costs' },
    ],
  })
  expect((await documents.describe(file, patience())).facts).toContain('2 slides')
})

it('XLSX is rows by sheets', async () => {
  const sheets = {
    People: [
      ['name', 'age', 'since'],
      ['Ann', 31, new Date('2024-01-02T00:00:00Z')],
      ['Bob', 4.5, ''],
    ],
    Numbers: [
      [1, 2],
      [3, 4],
    ],
  }
  const file = await placeFile(makeXlsx(sheets), 'book.xlsx')
  expect((await documents.parse(file, patience())).blocks).toEqual([
    {
      text: 'name: Ann | age: 31 | since: 2024-01-02\nname: Bob | age: 4.5',
      line: 2,
      sheet: 'People',
    },
    {
      text: 'column 1: 1 | column 2: 2\ncolumn 1: 3 | column 2: 4',
      line: 1,
      sheet: 'Numbers',
    },
  ])
  const { facts, excerpt } = await documents.describe(file, patience())
  expect(facts).toEqual([
    '2 sheets: People, Numbers',
    'sheet People: 2 rows, 3 columns',
    'sheet People: columns: name (text), age (number), since (date)',
    'sheet Numbers: 2 rows, 2 columns',
    'sheet Numbers: columns: column 1 (number), column 2 (number)',
  ])
  expect(excerpt).toContain('[sheet People]\nname | age | since\nAnn | 31 | 2024-01-02')
  const range = { ...lines, sheet: 'Numbers' }
  const read = await documents.read(file, { range, maxChars: 1000 }, patience())
  expect(read.text).toContain('column 1: 3')
  const missing = { ...lines, sheet: 'Nobody' }
  const reading = documents.read(file, { range: missing, maxChars: 1000 }, patience())
  await expect(reading).rejects.toMatchObject({
    message: expect.stringContaining('People, Numbers'),
  })
})

it('lines are those of the file, cut where they no longer fit', async () => {
  const text = Array.from({ length: 100 }, (_, at) => `line ${at + 1}`).join('\n')
  const file = await placeFile(text, 'a.txt')
  const range = { unit: 'lines', from: 98, to: 200 } as const
  expect(await documents.read(file, { range, maxChars: 1000 }, patience())).toEqual({
    unit: 'lines',
    text: 'line 98\nline 99\nline 100\n',
    total: 100,
  })
  const part = await documents.read(file, { range: lines, maxChars: 16 }, patience())
  expect(part).toMatchObject({ text: 'line 1\nline 2\n', next: 3 })
})
