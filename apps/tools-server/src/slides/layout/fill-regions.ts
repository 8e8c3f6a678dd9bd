/** Finds the largest size at which all regions fit on one page, or the pages that they need. */
import type { Block } from '@tandem/schemas'
import { smallest } from './blocks/block-kind.ts'
import { cardPadding, type Region } from './regions.ts'
import { cutStack, placeStack, stackHeight } from './stack.ts'
import type { Box, LayoutContext, Rect } from './types.ts'

/** Large sizes are for slides with little on them: how much of the height they may take. */
const sizes: readonly [size: number, share: number][] = [
  [32, 0.5],
  [28, 0.7],
  [26, 0.78],
  [24, 0.85],
  [22, 0.92],
  [20, 1],
  [18, 1],
  [16, 1],
  [smallest, 1],
]
/** What is divided need not be small as well. */
const sizeOfDivided = 18

export interface Filled {
  size: number
  regions: Region[]
}

/** One entry for each page. @throws Error where a page takes nothing, which would never end. */
export function fillRegions(regions: readonly Region[], context: LayoutContext): Filled[] {
  const fitsAtAll = regions.every((region) => fits(region, { size: smallest, share: 1 }, context))
  const found = (fitsAtAll ? sizes : []).find(([size, share]) =>
    regions.every((region) => size <= region.largest && fits(region, { size, share }, context)),
  )
  if (found) {
    const size = found[0]
    const room = Math.max(0, ...regions.map(({ rect }) => rect.h))
    const lowered = lower(regions, size, context)
    return [{ size, regions: moveDown(lowered, { size, room }, context) }]
  }
  const greedy = paginate(regions, { size: sizeOfDivided, share: 1 }, context)
  return balance(regions, greedy, context)
}

function fits(
  region: Region,
  { size, share }: { size: number; share: number },
  context: LayoutContext,
): boolean {
  const { w, h } = inside(region)
  return stackHeight(region.blocks, { width: w, size }, context) <= h * share
}

/** Cards are as high as the fullest of them, but not much less than half a page. */
function lower(regions: readonly Region[], size: number, context: LayoutContext): Region[] {
  const cards = regions.filter(({ isCard }) => isCard)
  const heights = cards.map(({ blocks, rect }) => {
    const width = rect.w - 2 * cardPadding
    return blocks.length === 0 ? 0 : stackHeight(blocks, { width, size }, context) + 2 * cardPadding
  })
  return regions.map((region) => {
    const { rect, isCard, blocks } = region
    if (!isCard || cards.some((card) => card.blocks.some(growsIn))) return { ...region, blocks }
    const h = Math.min(rect.h, Math.max(...heights, rect.h * 0.45))
    return { ...region, rect: { ...rect, h } }
  })
}

/** So little is not left at the top of an empty slide. */
const sparse = 0.6

/** All move down as far, so that what begins at one height still does. */
function moveDown(
  regions: readonly Region[],
  { size, room }: { size: number; room: number },
  context: LayoutContext,
): Region[] {
  const heights = regions.map(({ rect, isCard, blocks }) =>
    isCard ? rect.h : stackHeight(blocks, { width: rect.w, size }, context),
  )
  const used = Math.max(0, ...heights)
  if (regions.some(isFixed) || used > room * sparse) return [...regions]
  const down = (room - used) * 0.4
  return regions.map((region) => {
    const { rect, isCard } = region
    return { ...region, rect: { ...rect, y: rect.y + down, h: isCard ? rect.h : rect.h - down } }
  })
}

function isFixed({ blocks, valign }: Region): boolean {
  return valign !== 'balanced' || blocks.some(growsIn)
}

function growsIn({ type }: Block): boolean {
  return type === 'chart' || type === 'image'
}

/** As many pages, but evenly filled: no lonely line on the last one. */
function balance(regions: readonly Region[], greedy: Filled[], context: LayoutContext): Filled[] {
  let best = greedy
  if (greedy.length > mostBalanced) return best
  for (const share of [0.9, 0.8, 0.7, 0.6]) {
    const pages = paginate(regions, { size: sizeOfDivided, share }, context)
    if (pages.length > greedy.length) break
    best = pages
  }
  return best
}

/** Of more pages than these nobody counts the lines. */
const mostBalanced = 8
const mostPages = 400

function paginate(
  regions: readonly Region[],
  { size, share }: { size: number; share: number },
  context: LayoutContext,
): Filled[] {
  const pages: Filled[] = []
  let left = regions.map((region) => region.blocks)
  while (left.some((blocks) => blocks.length > 0) && pages.length < mostPages) {
    const rests: Block[][] = []
    const isAlone = left.filter((blocks) => blocks.length > 0).length === 1
    const filled = regions.map((each, at) => {
      const region = isAlone && each.spread ? { ...each, rect: each.spread } : each
      const { w, h } = inside(region)
      const blocks = left[at] ?? []
      const room = { width: w, size, height: h * share, force: true }
      const cut = cutFitting(blocks, { ...room, whole: h }, context)
      rests.push(cut.rest)
      return { ...region, blocks: cut.head }
    })
    pages.push({ size, regions: filled })
    left = rests
  }
  return pages
}

/** What cannot be divided may take the whole height, and at the smallest size if it must. */
function cutFitting(
  blocks: readonly Block[],
  room: { width: number; size: number; height: number; whole: number; force: boolean },
  context: LayoutContext,
): { head: Block[]; rest: Block[] } {
  const gently = cutStack(blocks, { ...room, force: false }, context)
  if (gently.head.length > 0 || blocks.length === 0) return gently
  return cutStack(blocks, { ...room, height: room.whole }, context)
}

export function placeRegions({ size, regions }: Filled, context: LayoutContext): Box[] {
  const { background, surface, accent } = context.theme.colors
  return regions.flatMap((region): Box[] => {
    const { blocks, isCard, valign } = region
    const place = {
      rect: inside(region),
      size,
      on: isCard ? surface : background,
      valign: valign === 'middle' ? valign : ('top' as const),
    }
    const boxes = placeStack(blocks, place, context)
    if (!isCard) return boxes
    return [
      { kind: 'shape', name: 'Card', shape: 'rect', fill: surface, ...region.rect },
      { kind: 'shape', name: 'Card bar', shape: 'rect', fill: accent, ...region.rect, h: 4 },
      ...boxes,
    ]
  })
}

function inside({ rect, isCard }: Region): Rect {
  if (!isCard) return rect
  const { x, y, w, h } = rect
  return { x: x + cardPadding, y: y + cardPadding, w: w - 2 * cardPadding, h: h - 2 * cardPadding }
}
