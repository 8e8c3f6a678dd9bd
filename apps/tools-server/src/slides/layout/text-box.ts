import { heightOfText, leadingOf, setText, type ParagraphInput } from './set-text.ts'
import type { FontRole, LayoutContext, Rect, TextBox, TextStyle } from './types.ts'

export interface TextLook {
  font?: FontRole
  size: number
  color: string
  /** The colour that it stands on. */
  on: string
  bold?: boolean
  italic?: boolean
  align?: TextBox['align']
  valign?: TextBox['valign']
  role?: TextBox['role']
  /** Lines close to each other, for titles. */
  tight?: boolean
}

export interface FittedText {
  /** What it needs. */
  height: number
  toBox(name: string, rect: Rect): TextBox
}

/** Sets text into a width, and tells how high it is. */
export function fitText(
  paragraphs: readonly ParagraphInput[],
  { width, look }: { width: number; look: TextLook },
  context: LayoutContext,
): FittedText {
  const style = toStyle(look, paragraphs)
  const set = setText(paragraphs, { width, style }, context)
  return {
    height: heightOfText(set, style),
    toBox: (name, rect) => ({
      kind: 'text',
      name,
      ...rect,
      role: look.role ?? 'body',
      paragraphs: set,
      style,
      align: look.align ?? 'start',
      valign: look.valign ?? 'top',
      on: look.on,
    }),
  }
}

/** The first of the sizes at which the text is no higher than `height`, or the last one. */
export function fitLargest(
  paragraphs: readonly ParagraphInput[],
  {
    sizes,
    width,
    height,
    look,
  }: { sizes: readonly number[]; width: number; height: number; look: Omit<TextLook, 'size'> },
  context: LayoutContext,
): FittedText & { size: number } {
  const [size = 14, ...smaller] = sizes
  const fitted = fitText(paragraphs, { width, look: { ...look, size } }, context)
  if (fitted.height <= height || smaller.length === 0) return { ...fitted, size }
  return fitLargest(paragraphs, { sizes: smaller, width, height, look }, context)
}

export function toStyle(
  { font = 'body', size, color, bold, italic, tight }: TextLook,
  paragraphs: readonly ParagraphInput[],
): TextStyle {
  const sample = paragraphs.flatMap(({ spans }) => spans.map(({ text }) => text)).join('')
  return {
    font,
    size,
    color,
    leading: leadingOf(size, sample, tight),
    ...(bold !== undefined && { bold }),
    ...(italic !== undefined && { italic }),
  }
}
