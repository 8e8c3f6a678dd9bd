import type { BlockOf } from '@tandem/schemas'
import { parseInline } from '../../text/inline.ts'
import { hangOf, type ParagraphInput } from '../set-text.ts'
import { fitText, type FittedText, type TextLook } from '../text-box.ts'
import type { LayoutContext } from '../types.ts'
import { countThatFits, type BlockKind, type Space } from './block-kind.ts'
import { cutText } from './cut-text.ts'

type Item = BlockOf<'bullets'>['items'][number] | { text: string; level: number; url?: string }

/** As a deck has them, and as the layout pass goes on with them. */
export type Bullets = Omit<BlockOf<'bullets'>, 'items'> & {
  items: Item[]
  /** The number of the first one, where a list goes on. */
  start?: number
}

export const bulletsKind: BlockKind<Bullets> = {
  grows: false,
  height: (block, space, context) => fit(block, space, context).height,
  place(block, { rect, size, on }, context) {
    return [fit(block, { width: rect.w, size, on }, context).toBox('Bullets', rect)]
  },
  cut(block, room, context) {
    const { items } = block
    const count = countThatFits(
      items.length,
      room.height,
      (most) => fit({ ...block, items: items.slice(0, most) }, room, context).height,
    )
    if (count === items.length) return { head: block }
    if (count > 0) return divide(block, count)
    return room.force ? cutItem(block, room, context) : { rest: block }
  },
}

function fit(block: Bullets, { width, size, on }: Space, context: LayoutContext): FittedText {
  const look = lookOf(size, on ?? context.theme.colors.background, context)
  return fitText(toParagraphs(block, size), { width, look }, context)
}

function lookOf(size: number, on: string, { theme }: LayoutContext): TextLook {
  return { size, color: theme.colors.ink, on }
}

function toParagraphs({ items, numbered, start = 1 }: Bullets, size: number): ParagraphInput[] {
  let number = start - 1
  return items.map((item) => {
    const { text, level, url } = toItem(item)
    if (level === 0) number += 1
    return {
      spans: [...parseInline(text), ...(url === undefined ? [] : [{ text: ` ${url}`, url }])],
      level,
      marker: numbered && level === 0 ? { kind: 'number', number } : { kind: 'dot' },
      spaceBefore: Math.round(size * (level === 0 ? 0.55 : 0.25)),
    }
  })
}

function toItem(item: Item): { text: string; level: number; url?: string } {
  return typeof item === 'string' ? { text: item, level: 0 } : item
}

function divide(block: Bullets, count: number): { head: Bullets; rest: Bullets } {
  const { items, start = 1 } = block
  const head = items.slice(0, count)
  const done = head.filter((item) => toItem(item).level === 0).length
  return {
    head: { ...block, items: head },
    rest: { ...block, items: items.slice(count), start: start + done },
  }
}

/** One item that is longer than a page. */
function cutItem(
  block: Bullets,
  { width, size, height }: Space & { height: number },
  context: LayoutContext,
): { head: Bullets; rest?: Bullets } {
  const [first = '', ...others] = block.items
  const { text, level } = toItem(first)
  const look = lookOf(size, context.theme.colors.background, context)
  const marker = { kind: 'dot' as const }
  const inner = width - hangOf(marker, size) * (level + 1)
  const { head, rest } = cutText(text, { width: inner, height, look }, context)
  const items = rest ? [{ text: rest, level }, ...others] : others
  return {
    head: { ...block, items: [{ text: head, level }] },
    ...(items.length > 0 && { rest: { ...block, items } }),
  }
}
