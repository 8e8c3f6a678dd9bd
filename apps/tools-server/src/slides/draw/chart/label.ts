/** Text beside a chart, in the smallest size, on one line. */
import { measureText, type FontStyle } from '../../fonts/measure.ts'
import { smallest } from '../../layout/blocks/block-kind.ts'
import type { LayoutContext, TextStyle } from '../../layout/types.ts'
import { startsRightToLeft } from '../../text/scripts.ts'
import { drawLine } from '../draw-text.ts'
import type { Mark } from '../marks.ts'

export const labelSize = smallest
export const labelHeight = 19

export interface LabelPlace {
  x: number
  /** The middle of the line. */
  y: number
  anchor: 'start' | 'middle' | 'end'
  color: string
  bold?: boolean
}

export function drawLabel(
  text: string,
  { x, y, anchor, color, bold = false }: LabelPlace,
  context: LayoutContext,
): Mark[] {
  const width = labelWidth(text, context, bold)
  const left = x - { start: 0, middle: width / 2, end: width }[anchor]
  const style: TextStyle = { font: 'body', size: labelSize, leading: labelHeight, color, bold }
  const place = { x: left, baseline: y + labelSize * 0.34, top: y, style }
  return drawLine([{ text }], { ...place, rtl: startsRightToLeft(text) === true }, context)
}

export function labelWidth(text: string, { theme }: LayoutContext, bold = false): number {
  const font: FontStyle = { family: theme.fonts.body.family, size: labelSize, bold, italic: false }
  return measureText(text, font)
}

/** Cut to a width, with an ellipsis. */
export function clipLabel(text: string, width: number, context: LayoutContext): string {
  if (labelWidth(text, context) <= width) return text
  const chars = Array.from(text)
  while (chars.length > 1 && labelWidth(`${chars.join('')}…`, context) > width) chars.pop()
  return `${chars.join('').trimEnd()}…`
}
