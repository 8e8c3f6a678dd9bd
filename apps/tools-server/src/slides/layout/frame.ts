/** What stands around the content of a page: title, sources, number, logo, ornaments. */
import type { Deck, DeckSource, Slide } from '@tandem/schemas'
import { cleanLine } from '../text/clean.ts'
import { parseInline, type Span } from '../text/inline.ts'
import { measureText } from '../fonts/measure.ts'
import { smallest } from './blocks/block-kind.ts'
import { toParagraph } from './set-text.ts'
import { fitLargest, fitText } from './text-box.ts'
import type { Box, LayoutContext, PageSize, PreparedImage, Rect, TextBox } from './types.ts'

export interface Frame {
  boxes: Box[]
  /** What is left for the content. */
  area: Rect
}

/** From the edges to the content. */
export const margin = { x: 52, top: 38, bottom: 26 }
const footer = 24
const logoRoom = { w: 110, h: 34 }
const titleSizes = [32, 30, 28, 26, 24, 22, 20, 18, 16, smallest]

export function frameContent(
  {
    title,
    subtitle,
    sources,
  }: { title: string | undefined; subtitle: string | undefined; sources: readonly Numbered[] },
  logo: PreparedImage | undefined,
  context: LayoutContext,
): Frame {
  const { page, theme } = context
  const { colors, look } = theme
  const width = page.width - 2 * margin.x
  const boxes: Box[] = []
  let y = margin.top + (look === 'clear' ? 12 : 0)
  if (title !== undefined) {
    const room = { width: width - (logo ? logoRoom.w + 20 : 0), height: 82, sizes: titleSizes }
    const titleLook = {
      font: 'heading' as const,
      color: colors.ink,
      on: colors.background,
      bold: look !== 'paper',
      tight: true,
      role: 'title' as const,
    }
    const fitted = fitLargest(
      [{ spans: parseInline(title) }],
      { ...room, look: titleLook },
      context,
    )
    boxes.push(fitted.toBox('Title', { x: margin.x, y, w: room.width, h: fitted.height }))
    y += fitted.height + 6
  }
  if (subtitle !== undefined) {
    const look = { size: 18, color: colors.muted, on: colors.background }
    const fitted = fitText([toParagraph(subtitle)], { width, look }, context)
    boxes.push(fitted.toBox('Subtitle', { x: margin.x, y, w: width, h: fitted.height }))
    y += fitted.height + 6
  }
  if (look === 'paper' && title !== undefined) {
    boxes.push({
      kind: 'shape',
      name: 'Title rule',
      shape: 'rect',
      fill: colors.rule,
      x: margin.x,
      y: y + 6,
      w: width,
      h: 1.5,
    })
    y += 8
  }
  y += 16
  const foot = frameSources(sources, context)
  const bottom = page.height - margin.bottom - footer - 12
  return {
    boxes: [...boxes, ...foot],
    area: { x: margin.x, y, w: width, h: bottom - y },
  }
}

export interface Numbered {
  /** Its number in the deck’s list, where it is in it. */
  number?: number
  source: DeckSource
}

export function sourcesOf(slide: Slide, deck: Deck): Numbered[] {
  return slide.sources.flatMap((source): Numbered[] => {
    if (typeof source !== 'number') return [{ source }]
    const found = deck.sources[source - 1]
    return found ? [{ number: source, source: found }] : []
  })
}

/** One line at the foot; where the names are too long for it, they are cut, and the numbers say the rest. */
function frameSources(sources: readonly Numbered[], context: LayoutContext): Box[] {
  if (sources.length === 0) return []
  const { page, theme } = context
  const width = page.width - 2 * margin.x - 60
  const style = { family: theme.fonts.body.family, size: smallest, bold: false, italic: false }
  const spans = shortest(sources, (text) => measureText(text, style) <= width * 0.97)
  const look = {
    size: smallest,
    color: theme.colors.muted,
    on: theme.colors.background,
    tight: true,
  }
  const fitted = fitText([{ spans }], { width, look }, context)
  const y = page.height - margin.bottom - footer + (footer - fitted.height) / 2
  return [fitted.toBox('Sources', { x: margin.x, y, w: width, h: fitted.height })]
}

function shortest(sources: readonly Numbered[], fits: (text: string) => boolean): Span[] {
  for (const most of [200, 80, 60, 45, 34, 26, 18, 12, 6]) {
    const spans = sources.flatMap(({ number, source }, index): Span[] => [
      ...(index === 0 ? [] : [{ text: '  ·  ' }]),
      {
        text: `${number === undefined ? '' : `[${number}] `}${clip(cleanLine(source.title), most)}`,
        ...(source.url !== undefined && { url: source.url }),
      },
    ])
    if (fits(spans.map(({ text }) => text).join(''))) return spans
  }
  const numbers = sources.flatMap(({ number }) => (number === undefined ? [] : [`[${number}]`]))
  const text = numbers.length > 0 ? numbers.join(' ') : `${sources.length} ×`
  return [{ text: fits(text) ? text : `${numbers[0]} …` }]
}

function clip(text: string, most: number): string {
  const chars = Array.from(text)
  return chars.length <= most
    ? text
    : `${chars
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
}

export function pageNumber(
  number: number,
  { color, on }: { color: string; on: string },
  context: LayoutContext,
): TextBox {
  const { page } = context
  const rect = {
    x: page.width - margin.x - 50,
    y: page.height - margin.bottom - footer,
    w: 50,
    h: footer,
  }
  const fitted = fitText(
    [{ spans: [{ text: String(number) }] }],
    {
      width: rect.w,
      look: { size: smallest, color, on, align: 'end', valign: 'middle', tight: true },
    },
    context,
  )
  return fitted.toBox('Slide number', rect)
}

/** The logo, at the top on the side where lines end. */
export function placeLogo(logo: PreparedImage | undefined, { page }: { page: PageSize }): Box[] {
  if (!logo) return []
  const scale = Math.min(logoRoom.w / logo.width, logoRoom.h / logo.height)
  const [w, h] = [logo.width * scale, logo.height * scale]
  const x = page.width - margin.x - w
  return [
    {
      kind: 'image',
      name: 'Logo',
      image: logo,
      alt: 'Logo',
      x,
      y: margin.top - 4 + (logoRoom.h - h) / 2,
      w,
      h,
    },
  ]
}
