import type { Deck } from '@tandem/schemas'
import type { Box, LaidOutDeck, LayoutContext } from '../../layout/types.ts'
import { addChart } from './chart.ts'
import { defineMasters, masterNames } from './masters.ts'
import { mendPptx } from './mend.ts'
import { addTable } from './table.ts'
import { addTextBox } from './text.ts'
import { toHex, toInches } from './units.ts'
import { createPresentation, type Slide } from './library.ts'

/** A presentation of native text, tables and charts, to be edited further. */
export async function writePptx(deck: Deck, laidOut: LaidOutDeck): Promise<Uint8Array> {
  const { pages, context } = laidOut
  const pptx = createPresentation()
  pptx.defineLayout({
    name: 'DECK',
    width: context.page.width / 72,
    height: context.page.height / 72,
  })
  pptx.layout = 'DECK'
  pptx.title = deck.title
  pptx.subject = deck.subtitle ?? ''
  pptx.author = deck.author ?? ''
  pptx.company = ''
  pptx.rtlMode = context.rtl
  pptx.theme = {
    headFontFace: context.theme.fonts.heading.office,
    bodyFontFace: context.theme.fonts.body.office,
  }
  defineMasters(pptx, laidOut)
  for (const page of pages) {
    const slide = pptx.addSlide({ masterName: masterNames[page.kind] })
    for (const box of page.boxes) addBox(slide, box, context)
    if (page.notes) slide.addNotes(page.notes)
  }
  const written = await pptx.write({ outputType: 'uint8array' })
  return mendPptx(written as Uint8Array<ArrayBuffer>, laidOut)
}

function addBox(slide: Slide, box: Box, context: LayoutContext): void {
  switch (box.kind) {
    case 'text':
      addTextBox(slide, box, context)
      return
    case 'shape':
      slide.addShape(box.shape === 'ellipse' ? 'ellipse' : 'rect', {
        ...toInches(box),
        objectName: box.name,
        fill: { color: toHex(box.fill) },
      })
      return
    case 'image':
      slide.addImage({
        ...toInches(box),
        objectName: box.name,
        altText: box.alt,
        data: `${box.image.mediaType};base64,${box.image.bytes.toString('base64')}`,
      })
      return
    case 'chart':
      addChart(slide, box, context)
      return
    case 'table':
      addTable(slide, box, context)
      return
    default:
      box satisfies never
  }
}
