import { measureText } from '../fonts/measure.ts'
import { openFont } from '../fonts/open-font.ts'
import { splitByFont } from '../fonts/split-by-font.ts'
import { fontStyleOf, hangOf, heightOfText } from '../layout/set-text.ts'
import type { LayoutContext, Rect, SetParagraph, TextBox, TextStyle } from '../layout/types.ts'
import { levelsOf, mirrorSigns, toVisualOrder } from '../text/bidi.ts'
import type { Span } from '../text/inline.ts'
import { isRightToLeft, scriptOf } from '../text/scripts.ts'
import type { GlyphRun, Mark } from './marks.ts'

export function drawTextBox(box: TextBox, context: LayoutContext): Mark[] {
  const height = heightOfText(box.paragraphs, box.style)
  const share = { top: 0, middle: 0.5, bottom: 1 }[box.valign]
  return drawParagraphs({ ...box, y: box.y + (box.h - height) * share }, context)
}

/** Paragraphs below each other, from the top. */
export function drawParagraphs(
  { paragraphs, style, align, ...rect }: Rect & Pick<TextBox, 'paragraphs' | 'style' | 'align'>,
  context: LayoutContext,
): Mark[] {
  const { ascent, descent, unitsPerEm } = openFont(context.theme.fonts[style.font].family, {
    bold: false,
    italic: false,
  })
  const base = style.leading / 2 + (((ascent + descent) / unitsPerEm) * style.size) / 2
  let y = rect.y
  return paragraphs.flatMap((paragraph) => {
    y += paragraph.spaceBefore
    return paragraph.lines.flatMap((line, index) => {
      const x = startOf(paragraph, { rect, align, width: line.width })
      const baseline = y + base
      const top = y
      y += style.leading
      const marker = index === 0 ? drawMarker(paragraph, { rect, style, baseline }, context) : []
      return [
        ...marker,
        ...drawLine(line.spans, { x, baseline, top, style, rtl: paragraph.rtl }, context),
      ]
    })
  })
}

function startOf(
  { rtl, indent }: SetParagraph,
  { rect, align, width }: { rect: Rect; align: TextBox['align']; width: number },
): number {
  if (align === 'center') return rect.x + (rect.w - width) / 2
  const isRight = (align === 'end') !== rtl
  return isRight ? rect.x + rect.w - indent - width : rect.x + indent
}

function drawMarker(
  { marker, rtl, indent }: SetParagraph,
  { rect, style, baseline }: { rect: Rect; style: TextStyle; baseline: number },
  context: LayoutContext,
): Mark[] {
  if (!marker) return []
  const text = marker.kind === 'dot' ? '•' : `${marker.number}.`
  const span: Span = { text, color: context.theme.colors.accentText }
  const width = measureText(text, fontStyleOf(span, style, context))
  const edge = indent - hangOf(marker, style.size)
  const x = rtl ? rect.x + rect.w - edge - width : rect.x + edge
  return drawLine([span], { x, baseline, top: 0, style, rtl }, context)
}

interface LinePlace {
  /** Of its left edge. */
  x: number
  baseline: number
  top: number
  style: TextStyle
  rtl: boolean
}

interface Part {
  text: string
  span: Span
  level: number
}

export function drawLine(
  spans: readonly Span[],
  { x, baseline, top, style, rtl }: LinePlace,
  context: LayoutContext,
): Mark[] {
  const runs: GlyphRun[] = []
  const links: Mark[] = []
  let at = x
  for (const { text, span, level } of toVisualOrder(toParts(spans, rtl))) {
    const font = fontStyleOf(span, style, context)
    const face = { bold: font.bold, italic: font.italic }
    const pieces = splitByFont(text, { family: font.family, face, eastAsian: context.eastAsian })
    const start = at
    for (const piece of level % 2 === 1 ? pieces.toReversed() : pieces) {
      const width = measureText(piece.text, font)
      const seen =
        level % 2 === 1 && !hasRightToLeft(piece.text) ? mirrorSigns(piece.text) : piece.text
      const color = span.color ?? style.color
      runs.push({
        text: seen,
        font: piece.font,
        family: font.family,
        face,
        size: font.size,
        color,
        x: at,
        width,
      })
      at += width
    }
    if (span.url !== undefined) {
      links.push({ kind: 'link', url: span.url, x: start, y: top, w: at - start, h: style.leading })
    }
  }
  return runs.length > 0 ? [{ kind: 'text', y: baseline, runs }, ...links] : []
}

function hasRightToLeft(text: string): boolean {
  return Array.from(text).some((char) => isRightToLeft(scriptOf(char.codePointAt(0) ?? 0)))
}

/** In the order of reading, cut where a span or a direction ends. */
function toParts(spans: readonly Span[], rtl: boolean): Part[] {
  const levels = levelsOf(spans.map(({ text }) => text).join(''), rtl)
  const parts: Part[] = []
  let at = 0
  for (const span of spans) {
    let part: Part | undefined
    for (const char of span.text) {
      const level = levels[at] ?? 0
      if (part?.level === level) part.text += char
      else {
        part = { text: char, span, level }
        parts.push(part)
      }
      at += char.length
    }
  }
  return parts
}
