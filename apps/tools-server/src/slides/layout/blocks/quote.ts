import type { BlockOf } from '@tandem/schemas'
import { toParagraph } from '../set-text.ts'
import { fitText, type FittedText } from '../text-box.ts'
import type { LayoutContext } from '../types.ts'
import { cutText } from './cut-text.ts'
import { smallest, type BlockKind, type Space } from './block-kind.ts'

type Quote = BlockOf<'quote'>

const barWidth = 4
const inset = 26
const gap = 10

export const quoteKind: BlockKind<Quote> = {
  grows: false,
  height: (block, space, context) => heightOf(fit(block, space, context)),
  place(block, { rect, size, on }, context) {
    const { text, by } = fit(block, { width: rect.w, size, on }, context)
    const at = { x: rect.x + inset, w: rect.w - inset }
    const bar = { x: rect.x, y: rect.y, w: barWidth, h: rect.h }
    return [
      {
        kind: 'shape',
        name: 'Quote bar',
        shape: 'rect',
        fill: context.theme.colors.accent,
        ...bar,
      },
      text.toBox('Quote', { ...at, y: rect.y, h: text.height }),
      ...(by
        ? [by.toBox('Quoted from', { ...at, y: rect.y + text.height + gap, h: by.height })]
        : []),
    ]
  },
  cut(block, room, context) {
    const parts = fit(block, room, context)
    if (heightOf(parts) <= room.height) return { head: block }
    if (!room.force) return { rest: block }
    const look = lookOf(room.size, context)
    const height = room.height - (parts.by ? parts.by.height + gap : 0)
    const { head, rest } = cutText(block.text, { width: room.width - inset, height, look }, context)
    return { head: { ...block, text: head }, ...(rest && { rest: { ...block, text: rest } }) }
  },
}

function heightOf({ text, by }: ReturnType<typeof fit>): number {
  return text.height + (by ? by.height + gap : 0)
}

function lookOf(size: number, { theme }: LayoutContext, on = theme.colors.background) {
  return {
    font: 'heading' as const,
    size: Math.round(size * 1.2),
    color: theme.colors.ink,
    on,
    italic: true,
  }
}

function fit(
  { text, by }: Quote,
  { width, size, on }: Space,
  context: LayoutContext,
): { text: FittedText; by: FittedText | undefined } {
  const { colors } = context.theme
  const at = { width: width - inset }
  const small = {
    size: Math.max(smallest, Math.round(size * 0.85)),
    color: colors.muted,
    on: on ?? colors.background,
  }
  return {
    text: fitText(
      [toParagraph(`“${text.trim()}”`)],
      { ...at, look: lookOf(size, context, on) },
      context,
    ),
    by:
      by === undefined
        ? undefined
        : fitText([toParagraph(`— ${by}`)], { ...at, look: small }, context),
  }
}
