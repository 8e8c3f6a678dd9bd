/** What the layout pass asks of every kind of block. */
import type { Block } from '@tandem/schemas'
import type { Box, LayoutContext, Rect } from '../types.ts'

export interface Space {
  /** Points. */
  width: number
  /** The colour that it stands on, where that matters: the background, unless it is another. */
  on?: string
  /** Of plain text, in points; kinds derive their own from it, never less than `smallest`. */
  size: number
}

/** Nothing is ever set smaller. */
export const smallest = 14

export interface BlockKind<Kind extends Block> {
  /** Whether it takes what is left of the height. */
  grows: boolean
  /** The least height that it needs. */
  height(block: Kind, space: Space, context: LayoutContext): number
  place(block: Kind, place: { rect: Rect; size: number; on: string }, context: LayoutContext): Box[]
  /**
   * Cuts off what fits into a height. Without `head` nothing fits; without `rest` all does. With `force` there is always a
   * head, so that what is on a page of its own gets done.
   */
  cut(block: Kind, room: Space & { height: number; force: boolean }, context: LayoutContext): Cut
}

/** What is cut off need not be of the same kind: a chart’s takeaway becomes text. */
export interface Cut {
  head?: Block
  rest?: Block
}

/** The cut of what cannot be divided. */
export function cutWhole<Kind extends Block>(
  kind: Pick<BlockKind<Kind>, 'height'>,
): BlockKind<Kind>['cut'] {
  return (block, room, context) =>
    room.force || kind.height(block, room, context) <= room.height
      ? { head: block }
      : { rest: block }
}

/**
 * The largest count, up to `most`, whose height is within `height`; 0 where not even one is. It begins with few, so that
 * the cost is that of a page and not of all that is left.
 */
export function countThatFits(
  most: number,
  height: number,
  heightOf: (count: number) => number,
): number {
  let fits = 0
  let tooMany = Math.min(4, most)
  while (tooMany <= most && heightOf(tooMany) <= height) {
    fits = tooMany
    if (fits === most) return most
    tooMany = Math.min(most, tooMany * 2)
  }
  while (tooMany - fits > 1) {
    const count = Math.floor((fits + tooMany) / 2)
    if (heightOf(count) <= height) fits = count
    else tooMany = count
  }
  return fits
}
