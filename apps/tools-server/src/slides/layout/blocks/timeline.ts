import type { BlockOf } from '@tandem/schemas'
import { measureText } from '../../fonts/measure.ts'
import { toParagraph } from '../set-text.ts'
import { fitText, type FittedText } from '../text-box.ts'
import type { Box, LayoutContext, Rect } from '../types.ts'
import { countThatFits, smallest, type BlockKind, type Space } from './block-kind.ts'
import { cutText } from './cut-text.ts'

type Timeline = BlockOf<'timeline'>
type Item = Timeline['items'][number]

const dot = 14
const gap = 20
const between = 6
const lead = 10

export const timelineKind: BlockKind<Timeline> = {
  grows: false,
  height: (block, space, context) =>
    isFlat(block, space, context)
      ? flatHeight(block, space, context)
      : listHeight(block.items, space, context),
  place(block, { rect, size, on }, context) {
    const isLying = isFlat(block, { width: rect.w, size }, context)
    return isLying
      ? placeFlat(block.items, { rect, size, on }, context)
      : placeList(block.items, { rect, size, on }, context)
  },
  cut(block, room, context) {
    if (timelineKind.height(block, room, context) <= room.height) return { head: block }
    const { items } = block
    const count = countThatFits(items.length, room.height, (most) =>
      timelineKind.height({ ...block, items: items.slice(0, most) }, room, context),
    )
    if (count > 0) {
      return {
        head: { ...block, items: items.slice(0, count) },
        ...(count < items.length && { rest: { ...block, items: items.slice(count) } }),
      }
    }
    return room.force ? cutItem(block, room, context) : { rest: block }
  },
}

/** Up to five lie beside each other, where their words are short enough. */
function isFlat({ items }: Timeline, { width, size }: Space, context: LayoutContext): boolean {
  const column = columnWidth(items.length, width)
  if (items.length < 2 || items.length > 5 || column < 110) return false
  return items.every((item) => {
    const { when, title, text } = fitItem(item, { width: column, size }, context)
    const words = `${item.when} ${item.title}`.split(/\s+/)
    const family = context.theme.fonts.body.family
    const longest = Math.max(
      ...words.map((word) => measureText(word, { family, size: size, bold: true, italic: false })),
    )
    return longest <= column && when.height + title.height + (text?.height ?? 0) <= 230
  })
}

function columnWidth(count: number, width: number): number {
  return (width - gap * (count - 1)) / count
}

interface FittedItem {
  when: FittedText
  title: FittedText
  text: FittedText | undefined
}

function fitItem(
  { when, title, text }: Item,
  { width, size, on }: Space & { on?: string },
  context: LayoutContext,
): FittedItem {
  const { colors } = context.theme
  const ground = on ?? colors.background
  const small = Math.max(smallest, size - 4)
  const fit = (content: string, look: object): FittedText =>
    fitText(
      [toParagraph(content)],
      { width, look: { size: small, color: colors.ink, on: ground, ...look } },
      context,
    )
  return {
    when: fit(when, {
      size: Math.max(smallest, size - 2),
      color: colors.accentText,
      bold: true,
    }),
    title: fit(title, { size: Math.max(smallest, size - 2), bold: true }),
    text: text === undefined ? undefined : fit(text, { color: colors.muted }),
  }
}

function heightOfItem({ title, text }: Omit<FittedItem, 'when'>): number {
  return title.height + (text ? text.height + between : 0)
}

/** Beside each other, like stands at the height of like. */
function highest(items: readonly FittedItem[]): { when: number; title: number; text: number } {
  const texts = items.map(({ text }) => (text ? text.height + between : 0))
  return {
    when: Math.max(...items.map(({ when }) => when.height)),
    title: Math.max(...items.map(({ title }) => title.height)),
    text: Math.max(...texts),
  }
}

function flatHeight({ items }: Timeline, { width, size }: Space, context: LayoutContext): number {
  const fitted = items.map((item) =>
    fitItem(item, { width: columnWidth(items.length, width), size }, context),
  )
  const { when, title, text } = highest(fitted)
  return when + lead + dot + lead + title + text
}

function placeFlat(
  items: readonly Item[],
  { rect, size, on }: { rect: Rect; size: number; on: string },
  context: LayoutContext,
): Box[] {
  const { colors } = context.theme
  const width = columnWidth(items.length, rect.w)
  const fitted = items.map((item) => fitItem(item, { width, size, on }, context))
  const { when: whenHeight, title: titleHeight } = highest(fitted)
  const line = rect.y + whenHeight + lead + dot / 2
  const boxes = fitted.flatMap(({ when, title, text }, index): Box[] => {
    const at = { x: rect.x + index * (width + gap), w: width }
    const top = line + dot / 2 + lead
    return [
      when.toBox('When', { ...at, y: rect.y + whenHeight - when.height, h: when.height }),
      {
        kind: 'shape',
        name: 'Dot',
        shape: 'ellipse',
        fill: colors.accent,
        x: at.x,
        y: line - dot / 2,
        w: dot,
        h: dot,
      },
      title.toBox('What', { ...at, y: top, h: title.height }),
      ...(text
        ? [text.toBox('Detail', { ...at, y: top + titleHeight + between, h: text.height })]
        : []),
    ]
  })
  const rail = { x: rect.x, y: line - 1.5, w: rect.w, h: 3 }
  return [{ kind: 'shape', name: 'Rail', shape: 'rect', fill: colors.rule, ...rail }, ...boxes]
}

function whenWidth(items: readonly Item[], width: number, size: number): number {
  const longest = Math.max(...items.map(({ when }) => Array.from(when).length))
  return Math.min(width * 0.28, Math.max(70, longest * size * 0.62))
}

function listParts(
  items: readonly Item[],
  { width, size, on }: Space & { on?: string },
  context: LayoutContext,
): (FittedItem & { height: number })[] {
  const side = whenWidth(items, width, size)
  return items.map((item) => {
    const on_ = on === undefined ? {} : { on }
    const { when } = fitItem(item, { width: side, size, ...on_ }, context)
    const rest = fitItem(item, { width: width - side - dot - 2 * gap, size, ...on_ }, context)
    return { ...rest, when, height: Math.max(when.height, heightOfItem(rest)) }
  })
}

function listHeight(items: readonly Item[], space: Space, context: LayoutContext): number {
  const parts = listParts(items, space, context)
  return (
    parts.reduce((sum, { height }) => sum + height, 0) + (items.length - 1) * listGap(space.size)
  )
}

function listGap(size: number): number {
  return Math.round(size * 0.7)
}

function placeList(
  items: readonly Item[],
  { rect, size, on }: { rect: Rect; size: number; on: string },
  context: LayoutContext,
): Box[] {
  const { colors } = context.theme
  const side = whenWidth(items, rect.w, size)
  const parts = listParts(items, { width: rect.w, size, on }, context)
  const center = rect.x + side + gap + dot / 2
  const x = rect.x + side + dot + 2 * gap
  let y = rect.y
  const boxes = parts.flatMap(({ when, title, text, height }): Box[] => {
    const middle = y + title.height / Math.max(1, Math.round(title.height / (size * 1.25))) / 2
    const item: Box[] = [
      when.toBox('When', { x: rect.x, y, w: side, h: when.height }),
      {
        kind: 'shape',
        name: 'Dot',
        shape: 'ellipse',
        fill: colors.accent,
        x: center - dot / 2,
        y: middle - dot / 2,
        w: dot,
        h: dot,
      },
      title.toBox('What', { x, y, w: rect.x + rect.w - x, h: title.height }),
      ...(text
        ? [
            text.toBox('Detail', {
              x,
              y: y + title.height + between,
              w: rect.x + rect.w - x,
              h: text.height,
            }),
          ]
        : []),
    ]
    y += height + listGap(size)
    return item
  })
  const rail = {
    x: center - 1.5,
    y: rect.y + dot / 2,
    w: 3,
    h: y - listGap(size) - rect.y - dot / 2,
  }
  return [{ kind: 'shape', name: 'Rail', shape: 'rect', fill: colors.rule, ...rail }, ...boxes]
}

/** One item that is longer than a page. */
function cutItem(
  block: Timeline,
  room: Space & { height: number },
  context: LayoutContext,
): { head: Timeline; rest?: Timeline } {
  const [first, ...others] = block.items
  if (!first) return { head: block }
  const width = room.width - whenWidth(block.items, room.width, room.size) - dot - 2 * gap
  const { title } = fitItem(first, { width, size: room.size }, context)
  const look = { size: Math.max(smallest, room.size - 4), color: '#000000', on: '#FFFFFF' }
  const height = Math.max(room.height - title.height - between, look.size * 1.6)
  const { head, rest } = cutText(first.text ?? '', { width, height, look }, context)
  const items = rest ? [{ ...first, text: rest }, ...others] : others
  return {
    head: { ...block, items: [{ ...first, ...(head && { text: head }) }] },
    ...(items.length > 0 && { rest: { ...block, items } }),
  }
}
