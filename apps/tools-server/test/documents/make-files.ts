/** Real files of each format, made by the libraries that people make them with. */
import { utils, write } from '@e965/xlsx'
import { Document, HeadingLevel, Packer, Paragraph, Table, TableCell, TableRow } from 'docx'
// oxlint-disable-next-line import/no-named-as-default -- its types know no other name
import PDFDocument from 'pdfkit'
import pptxgen from 'pptxgenjs'
import { buffer } from 'node:stream/consumers'
import { assemblePdf } from '@tandem/testing'

// Its types are those of its CommonJS build.
const Deck = pptxgen as unknown as typeof pptxgen.default

export async function makePdf(
  pages: readonly string[],
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Buffer> {
  const document = new PDFDocument({
    autoFirstPage: false,
    info: { Title: 'Annual report', Author: 'Ada Lovelace' },
    ...options,
  })
  const bytes = buffer(document)
  for (const text of pages) document.addPage().text(text)
  document.end()
  return await bytes
}

const cell = (text: string): TableCell => new TableCell({ children: [new Paragraph(text)] })

export async function makeDocx(): Promise<Buffer> {
  const document = new Document({
    title: 'Travel policy',
    creator: 'Grace Hopper',
    sections: [
      {
        children: [
          new Paragraph({ text: 'Travel', heading: HeadingLevel.HEADING_1 }),
          new Paragraph('Trains come before planes.'),
          new Paragraph({ text: 'Meals', heading: HeadingLevel.HEADING_2 }),
          new Paragraph('Forty euros a day are paid.'),
          new Table({
            rows: [
              new TableRow({ children: [cell('City'), cell('Rate')] }),
              new TableRow({ children: [cell('Oslo'), cell('55')] }),
            ],
          }),
        ],
      },
    ],
  })
  return await Packer.toBuffer(document)
}

export async function makePptx(): Promise<Buffer> {
  const deck = new Deck()
  deck.title = 'Launch plan'
  deck.defineSlideMaster({
    title: 'MAIN',
    objects: [
      {
        placeholder: {
          options: { name: 'title', type: 'title', x: 1, y: 0.3, w: 8, h: 1 },
          text: '',
        },
      },
    ],
  })
  const first = deck.addSlide({ masterName: 'MAIN' })
  first.addText('Why now', { placeholder: 'title' })
  first.addText('The market doubled in 2025.', { x: 1, y: 1.5, w: 8, h: 1 })
  first.addNotes('Say it slowly.')
  const second = deck.addSlide({ masterName: 'MAIN' })
  second.addText('Costs', { placeholder: 'title' })
  second.addTable(
    [
      [{ text: 'Item' }, { text: 'Euro' }],
      [{ text: 'Rockets' }, { text: '700' }],
    ],
    { x: 1, y: 2 },
  )
  return (await deck.write({ outputType: 'nodebuffer' })) as Buffer
}

export function makeXlsx(sheets: Record<string, unknown[][]>): Buffer {
  const book = utils.book_new()
  for (const [name, rows] of Object.entries(sheets)) {
    utils.book_append_sheet(book, utils.aoa_to_sheet(rows, { cellDates: true }), name)
  }
  return write(book, { type: 'buffer', bookType: 'xlsx', compression: true }) as Buffer
}

/** A PDF as printers' drivers of Japan made them: the font is only named, its codes are Shift-JIS. */
export function makeJapanesePdf(shiftJis: string): Buffer {
  const content = `BT /F1 20 Tf 20 200 Td <${shiftJis}> Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /Mincho /Encoding /90ms-RKSJ-H /DescendantFonts [6 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Mincho /DW 1000 /FontDescriptor 7 0 R /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>',
    '<< /Type /FontDescriptor /FontName /Mincho /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>',
  ]
  return assemblePdf(objects)
}
