/** The files of a deck, made in this very process. */
import type { Deck, DeckFormat } from '@tandem/schemas'
import { cleanDeck } from '../deck/clean-deck.ts'
import { prepareImages } from '../images/prepare-images.ts'
import { layOutDeck } from '../layout/lay-out-deck.ts'
import type { LaidOutDeck } from '../layout/types.ts'

export interface RenderJob {
  deck: Deck
  formats: readonly DeckFormat[]
  /** By file id. */
  images: ReadonlyMap<string, Uint8Array>
}

export interface Rendered {
  slides: number
  /** In the order of the job’s formats. */
  files: Uint8Array[]
}

export async function renderAll({ deck: given, formats, images }: RenderJob): Promise<Rendered> {
  const deck = cleanDeck(given)
  const laidOut = layOutDeck(deck, await prepareImages(deck, images))
  const files: Uint8Array[] = []
  for (const format of formats) files.push(await render(format, deck, laidOut))
  return { slides: laidOut.pages.length, files }
}

/** What a format needs is loaded with it: a process makes one deck, mostly in one format. */
async function render(format: DeckFormat, deck: Deck, laidOut: LaidOutDeck): Promise<Uint8Array> {
  switch (format) {
    case 'pptx': {
      const { writePptx } = await import('./pptx/write-pptx.ts')
      return writePptx(deck, laidOut)
    }
    case 'pdf': {
      const { drawPdf } = await import('./pdf/draw-pdf.ts')
      return drawPdf(deck, laidOut)
    }
    case 'html': {
      const { writeHtml } = await import('./html/write-html.ts')
      return Buffer.from(await writeHtml(deck, laidOut))
    }
    case 'md': {
      const { writeMarkdown } = await import('./markdown/write-markdown.ts')
      return Buffer.from(writeMarkdown(deck, laidOut.context))
    }
    default:
      return format satisfies never
  }
}
