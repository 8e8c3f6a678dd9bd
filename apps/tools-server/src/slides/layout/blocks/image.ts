import type { BlockOf } from '@tandem/schemas'
import { toParagraph } from '../set-text.ts'
import { fitText, type FittedText } from '../text-box.ts'
import type { LayoutContext, Rect } from '../types.ts'
import { cutWhole, smallest, type BlockKind, type Space } from './block-kind.ts'

type Image = BlockOf<'image'>

const leastHeight = 130
const gap = 8
/** Pictures are not blown up to more than this many times their size (a pixel is taken to be 3/4 pt). */
const mostEnlarged = 3

export const imageKind: BlockKind<Image> = {
  grows: true,
  height: (block, { width }, context) =>
    leastHeight + captionHeight(fitCaption(block, { width }, context)),
  place(block, { rect, on }, context) {
    const caption = fitCaption(block, { width: rect.w, on }, context)
    const image = context.imageOf(block)
    const room = { ...rect, h: rect.h - captionHeight(caption) }
    const fitted = fitInto(room, image)
    return [
      { kind: 'image', name: 'Picture', image, alt: block.alt || (block.caption ?? ''), ...fitted },
      ...(caption
        ? [caption.toBox('Caption', { ...rect, y: fitted.y + fitted.h + gap, h: caption.height })]
        : []),
    ]
  },
  cut(block, room, context) {
    const { caption, ...image } = block
    const isTooHigh = imageKind.height(block, room, context) > room.height
    if (!room.force || !isTooHigh || caption === undefined) {
      return cutWhole<Image>(imageKind)(block, room, context)
    }
    const { column } = block
    return { head: image, rest: { type: 'text', text: caption, ...(column && { column }) } }
  },
}

/** Whole, undistorted, in the middle. */
function fitInto(room: Rect, { width, height }: { width: number; height: number }): Rect {
  const scale = Math.min(room.w / width, room.h / height, 0.75 * mostEnlarged)
  const [w, h] = [width * scale, height * scale]
  return { x: room.x + (room.w - w) / 2, y: room.y + (room.h - h) / 2, w, h }
}

function captionHeight(caption: FittedText | undefined): number {
  return caption ? caption.height + gap : 0
}

function fitCaption(
  { caption }: Image,
  { width, on }: Pick<Space, 'width' | 'on'>,
  context: LayoutContext,
): FittedText | undefined {
  if (caption === undefined) return undefined
  const { muted, background } = context.theme.colors
  const look = { size: smallest, color: muted, on: on ?? background, align: 'center' as const }
  return fitText([toParagraph(caption)], { width, look }, context)
}
