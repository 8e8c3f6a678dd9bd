/** A PDF drawn from the boxes, without any other program. */
import { once } from 'node:events'
import type { Deck } from '@tandem/schemas'
// oxlint-disable-next-line import/no-named-as-default -- its types know the default only
import PDFDocument from 'pdfkit'
import { drawPage } from '../../draw/draw-page.ts'
import type { GlyphRun, Mark } from '../../draw/marks.ts'
import { collectFonts, fontKeyOf, subsetOf } from '../../fonts/collect-fonts.ts'
import { fontPath } from '../../fonts/open-font.ts'
import type { LaidOutDeck } from '../../layout/types.ts'

type Document = InstanceType<typeof PDFDocument>

export async function drawPdf(deck: Deck, { pages, context }: LaidOutDeck): Promise<Buffer> {
  const size: [number, number] = [context.page.width, context.page.height]
  const drawn = pages.map((page) => drawPage(page, context))
  const document = new PDFDocument({
    autoFirstPage: false,
    margin: 0,
    lang: deck.language,
    displayTitle: true,
    info: { Title: deck.title, ...(deck.author !== undefined && { Author: deck.author }) },
  })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = once(document, 'end')
  await registerFonts(document, drawn)
  for (const [index, page] of pages.entries()) {
    document.addPage({ size, margin: 0 })
    document.rect(0, 0, ...size).fill(page.background)
    document.outline.addItem(page.title)
    for (const mark of drawn[index] ?? []) drawMark(document, mark)
  }
  document.end()
  await ended
  return Buffer.concat(chunks)
}

async function registerFonts(document: Document, drawn: readonly Mark[][]): Promise<void> {
  for (const used of collectFonts(drawn)) {
    const { font, family, face } = used.run
    const source =
      font.kind === 'slice'
        ? await subsetOf(used, 'truetype')
        : fontPath(font.kind === 'family' ? font.family : family, face)
    document.registerFont(used.key, source)
  }
}

function drawMark(document: Document, mark: Mark): void {
  switch (mark.kind) {
    case 'rect':
      document.rect(mark.x, mark.y, mark.w, mark.h).fill(mark.fill)
      return
    case 'ellipse':
      document
        .ellipse(mark.x + mark.w / 2, mark.y + mark.h / 2, mark.w / 2, mark.h / 2)
        .fill(mark.fill)
      return
    case 'path':
      drawPath(document, mark)
      return
    case 'text':
      for (const run of mark.runs) drawRun(document, run, mark.y)
      return
    case 'image':
      document.image(mark.image.bytes, mark.x, mark.y, { width: mark.w, height: mark.h })
      return
    case 'link':
      document.link(mark.x, mark.y, mark.w, mark.h, mark.url)
      return
    default:
      mark satisfies never
  }
}

function drawPath(
  document: Document,
  { d, fill, stroke, strokeWidth = 1, opacity = 1 }: Extract<Mark, { kind: 'path' }>,
): void {
  document.save().lineWidth(strokeWidth).lineJoin('round').fillOpacity(opacity).path(d)
  if (fill && stroke) document.fillAndStroke(fill, stroke)
  else if (fill) document.fill(fill)
  else if (stroke) document.stroke(stroke)
  document.restore()
}

function drawRun(document: Document, run: GlyphRun, baseline: number): void {
  document.font(fontKeyOf(run)).fontSize(run.size).fillColor(run.color)
  document.text(run.text, run.x, baseline, {
    lineBreak: false,
    baseline: 'alphabetic',
    // As wide as it was measured: without pairs moved together.
    features: noKerning,
  })
}

/** The types know a list only; the library takes what its font engine takes. */
const noKerning = { kern: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[]
