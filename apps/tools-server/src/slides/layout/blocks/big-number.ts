import type { BlockOf } from '@tandem/schemas'
import { toParagraph } from '../set-text.ts'
import { fitLargest, fitText, type FittedText } from '../text-box.ts'
import type { Box, LayoutContext, Rect } from '../types.ts'
import { smallest, type Space } from './block-kind.ts'

export type BigNumber = BlockOf<'big_number'>

const gap = 20
const padding = 20
const between = 6
const mostInRow = 4

/** Several stand beside each other, each on a card; one stands alone. */
export function bigNumberRows(blocks: readonly BigNumber[], width: number): BigNumber[][] {
  const inRow = Math.max(1, Math.min(mostInRow, Math.floor((width + gap) / (150 + gap))))
  const rows = Math.ceil(blocks.length / inRow)
  const each = Math.ceil(blocks.length / rows)
  return Array.from({ length: rows }, (_, row) => blocks.slice(row * each, (row + 1) * each))
}

export function bigNumbersHeight(
  row: readonly BigNumber[],
  space: Space,
  context: LayoutContext,
): number {
  const isAlone = row.length === 1
  const heights = row.map((block) => {
    const { value, label } = fit(
      block,
      { ...space, width: innerWidth(row, space.width), isAlone },
      context,
    )
    return value.height + between + label.height
  })
  return Math.max(...heights) + 2 * padding
}

export function placeBigNumbers(
  row: readonly BigNumber[],
  { rect, size, on }: { rect: Rect; size: number; on: string },
  context: LayoutContext,
): Box[] {
  const { colors } = context.theme
  const isAlone = row.length === 1
  const width = (rect.w - gap * (row.length - 1)) / row.length
  const ground = isAlone ? on : on === colors.surface ? colors.background : colors.surface
  // Numbers stand on one line, however long their labels are.
  const needed = bigNumbersHeight(row, { width: rect.w, size }, context) - 2 * padding
  return row.flatMap((block, index): Box[] => {
    const card = { x: rect.x + index * (width + gap), y: rect.y, w: width, h: rect.h }
    const inner = innerWidth(row, rect.w)
    const { value, label } = fit(block, { width: inner, size, isAlone, on: ground }, context)
    const x = card.x + (width - inner) / 2
    const top = card.y + (card.h - needed) / 2
    return [
      ...(isAlone
        ? []
        : ([
            { kind: 'shape', name: 'Card', shape: 'rect', fill: ground, ...card },
            { kind: 'shape', name: 'Card bar', shape: 'rect', fill: colors.accent, ...card, h: 4 },
          ] as const)),
      value.toBox('Number', { x, y: top, w: inner, h: value.height }),
      label.toBox('Label', { x, y: top + value.height + between, w: inner, h: label.height }),
    ]
  })
}

function innerWidth(row: readonly BigNumber[], width: number): number {
  if (row.length === 1) return width
  return (width - gap * (row.length - 1)) / row.length - 2 * padding
}

function fit(
  { value, label, heading }: BigNumber,
  { width, size, isAlone, on }: Space & { isAlone: boolean; on?: string },
  context: LayoutContext,
): { value: FittedText; label: FittedText } {
  const { colors } = context.theme
  const ground = on ?? colors.background
  const text = String(value)
  const largest = isAlone ? size * 5 : size * 2.4
  const sizes = [largest, largest * 0.85, largest * 0.7, largest * 0.55, largest * 0.4, 20].map(
    Math.round,
  )
  const oneLine = {
    font: 'body' as const,
    color: colors.accentText,
    on: ground,
    bold: true,
    tight: true,
    align: 'center' as const,
  }
  const fits = sizes.find(
    (each) =>
      fitText([toParagraph(text)], { width, look: { ...oneLine, size: each } }, context).height <
      each * 1.8,
  )
  const labelSize = Math.max(smallest, Math.round(isAlone ? size * 1.1 : size * 0.85))
  const small = { size: labelSize, color: colors.ink, on: ground, align: 'center' as const }
  const lines = heading === undefined ? [label] : [`**${heading}**`, label]
  return {
    value: fitLargest(
      [toParagraph(text)],
      { sizes: [fits ?? 20], width, height: 0, look: oneLine },
      context,
    ),
    label: fitText(lines.map(toParagraph), { width, look: small }, context),
  }
}
