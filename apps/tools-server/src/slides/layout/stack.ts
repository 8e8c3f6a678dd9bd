/** Blocks below each other in a column. */
import type { Block } from '@tandem/schemas'
import {
  bigNumberRows,
  bigNumbersHeight,
  placeBigNumbers,
  type BigNumber,
} from './blocks/big-number.ts'
import { smallest, type Space } from './blocks/block-kind.ts'
import { kindOf, type StackedBlock } from './blocks/index.ts'
import { toParagraph } from './set-text.ts'
import { fitText, type FittedText } from './text-box.ts'
import type { Box, LayoutContext, Rect } from './types.ts'

/** A block, or a row of big numbers. */
type Item = { kind: 'block'; block: StackedBlock } | { kind: 'numbers'; row: BigNumber[] }

export interface StackPlace {
  rect: Rect
  size: number
  /** The colour that it stands on. */
  on: string
  /** Where what does not fill the height goes. */
  valign: 'top' | 'middle'
}

function toItems(blocks: readonly Block[], width: number): Item[] {
  const items: Item[] = []
  let numbers: BigNumber[] = []
  const flush = (): void => {
    if (numbers.length > 0) {
      items.push(...bigNumberRows(numbers, width).map((row) => ({ kind: 'numbers' as const, row })))
    }
    numbers = []
  }
  for (const block of blocks) {
    if (block.type === 'big_number') numbers.push(block)
    else {
      flush()
      items.push({ kind: 'block', block })
    }
  }
  flush()
  return items
}

/** The least height that the blocks need. */
export function stackHeight(
  blocks: readonly Block[],
  space: Space,
  context: LayoutContext,
): number {
  const heights = toItems(blocks, space.width).map((item) => itemHeight(item, space, context))
  return heights.reduce((sum, height) => sum + height, 0) + gapOf(space.size) * (heights.length - 1)
}

export function placeStack(
  blocks: readonly Block[],
  { rect, size, on, valign }: StackPlace,
  context: LayoutContext,
): Box[] {
  const items = toItems(blocks, rect.w)
  const space = { width: rect.w, size }
  const left = Math.max(0, rect.h - stackHeight(blocks, space, context))
  const growing = items.filter(grows).length
  const offset = growing > 0 || valign === 'top' ? 0 : left * 0.42
  let y = rect.y + offset
  return items.flatMap((item) => {
    const height = itemHeight(item, space, context) + (grows(item) ? left / growing : 0)
    const boxes = placeItem(item, { rect: { ...rect, y, h: height }, size, on }, context)
    y += height + gapOf(size)
    return boxes
  })
}

/** Cuts off the blocks that fit into a height. With `force` there is always something in the head. */
export function cutStack(
  blocks: readonly Block[],
  room: Space & { height: number; force: boolean },
  context: LayoutContext,
): { head: Block[]; rest: Block[] } {
  const head: Block[] = []
  let left = room.height
  for (const [index, item] of toItems(blocks, room.width).entries()) {
    const height = itemHeight(item, room, context)
    if (height <= left) {
      head.push(...blocksOf(item))
      left -= height + gapOf(room.size)
      continue
    }
    const rest = toItems(blocks, room.width).slice(index).flatMap(blocksOf)
    const force = room.force && head.length === 0
    const cut = cutItem(item, { ...room, height: left, force }, context)
    return {
      head: [...head, ...cut.head],
      rest: [...cut.rest, ...rest.slice(blocksOf(item).length)],
    }
  }
  return { head, rest: [] }
}

function cutItem(
  item: Item,
  room: Space & { height: number; force: boolean },
  context: LayoutContext,
): { head: Block[]; rest: Block[] } {
  if (item.kind === 'numbers')
    return room.force ? { head: item.row, rest: [] } : { head: [], rest: item.row }
  const { block } = item
  const above = headingHeight(fitHeading(block, room, context))
  const cut = kindOf(block).cut(block, { ...room, height: room.height - above }, context)
  return { head: cut.head ? [cut.head] : [], rest: cut.rest ? [cut.rest] : [] }
}

function blocksOf(item: Item): Block[] {
  return item.kind === 'block' ? [item.block] : item.row
}

function grows(item: Item): boolean {
  return item.kind === 'block' && kindOf(item.block).grows
}

function itemHeight(item: Item, space: Space, context: LayoutContext): number {
  if (item.kind === 'numbers') return bigNumbersHeight(item.row, space, context)
  const above = headingHeight(fitHeading(item.block, space, context))
  return above + kindOf(item.block).height(item.block, space, context)
}

function placeItem(
  item: Item,
  { rect, size, on }: { rect: Rect; size: number; on: string },
  context: LayoutContext,
): Box[] {
  if (item.kind === 'numbers') return placeBigNumbers(item.row, { rect, size, on }, context)
  const { block } = item
  const heading = fitHeading(block, { width: rect.w, size, on }, context)
  const above = headingHeight(heading)
  const below = { ...rect, y: rect.y + above, h: rect.h - above }
  return [
    ...(heading ? [heading.toBox('Heading', { ...rect, h: heading.height })] : []),
    ...kindOf(block).place(block, { rect: below, size, on }, context),
  ]
}

const underHeading = 8

function headingHeight(heading: FittedText | undefined): number {
  return heading ? heading.height + underHeading : 0
}

function fitHeading(
  { heading }: StackedBlock,
  { width, size, on: own }: Space,
  context: LayoutContext,
): FittedText | undefined {
  if (heading === undefined) return undefined
  const on = own ?? context.theme.colors.background
  const look = {
    font: 'heading' as const,
    size: Math.max(smallest, size),
    color: context.theme.colors.accentText,
    on,
    bold: true,
    tight: true,
  }
  return fitText([toParagraph(heading)], { width, look }, context)
}

function gapOf(size: number): number {
  return Math.round(size * 0.9)
}
