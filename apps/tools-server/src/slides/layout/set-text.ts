import type { FontStyle } from '../fonts/measure.ts'
import { parseInline, type Span } from '../text/inline.ts'
import { isWide, scriptOf, startsRightToLeft } from '../text/scripts.ts'
import { wrapSpans } from '../text/wrap.ts'
import type { LayoutContext, SetParagraph, TextStyle } from './types.ts'

export interface ParagraphInput {
  spans: Span[]
  level?: number
  marker?: SetParagraph['marker']
  spaceBefore?: number
}

/** Plain text with inline marks, as one paragraph. */
export function toParagraph(text: string): ParagraphInput {
  return { spans: parseInline(text) }
}

/** Sets paragraphs into a width, as far as a page: what is more fits nowhere, and is not worth its time. */
export function setText(
  paragraphs: readonly ParagraphInput[],
  { width, style }: { width: number; style: TextStyle },
  context: LayoutContext,
): SetParagraph[] {
  const set: SetParagraph[] = []
  let left = Math.ceil(context.page.height / style.leading) + 1
  for (const paragraph of paragraphs) {
    if (left <= 0) break
    const { spans, level = 0, marker, spaceBefore = 0 } = paragraph
    const indent = marker ? hangOf(marker, style.size) * (level + 1) : 0
    const styleOf = (span: Span): FontStyle => fontStyleOf(span, style, context)
    const wrapped = wrapSpans(spans, Math.max(width - indent, style.size), styleOf)
    const lines = firstOf(wrapped, left)
    left -= lines.length
    set.push({
      spans,
      level,
      indent,
      ...(marker && { marker }),
      rtl: context.rtl || startsRightToLeft(spans.map(({ text }) => text).join('')) === true,
      spaceBefore: set.length === 0 ? 0 : spaceBefore,
      lines,
    })
  }
  return set
}

function firstOf<Value>(values: Iterable<Value>, most: number): Value[] {
  const first: Value[] = []
  for (const value of values) {
    first.push(value)
    if (first.length === most) break
  }
  return first
}

/** How far a list’s text stands from its markers. */
export function hangOf(marker: NonNullable<SetParagraph['marker']>, size: number): number {
  return Math.round(size * (marker.kind === 'dot' ? 1.1 : marker.number < 100 ? 1.55 : 2.1))
}

export function heightOfText(paragraphs: readonly SetParagraph[], style: TextStyle): number {
  return paragraphs.reduce(
    (sum, { lines, spaceBefore }) => sum + spaceBefore + lines.length * style.leading,
    0,
  )
}

export function fontStyleOf(
  span: Pick<Span, 'bold' | 'italic' | 'code'>,
  style: TextStyle,
  { theme }: Pick<LayoutContext, 'theme'>,
): FontStyle {
  return {
    family: theme.fonts[span.code === true ? 'mono' : style.font].family,
    size: style.size,
    bold: span.bold ?? style.bold ?? false,
    italic: span.italic ?? style.italic ?? false,
  }
}

/** Chinese and Arabic letters are higher than Latin ones. */
export function leadingOf(size: number, text: string, tight = false): number {
  let factor = tight ? 1.12 : 1.25
  for (const char of text) {
    const script = scriptOf(char.codePointAt(0) ?? 0)
    if (script === 'arabic') return Math.round(size * 1.55)
    if (isWide(script)) factor = 1.38
  }
  return Math.round(size * factor)
}
