import type { BlockOf } from '@tandem/schemas'
import { toParagraph } from '../set-text.ts'
import { fitText, type FittedText } from '../text-box.ts'
import type { LayoutContext } from '../types.ts'
import { cutWhole, smallest, type BlockKind, type Space } from './block-kind.ts'

type Chart = BlockOf<'chart'>

const leastHeight = 170
const gap = 10

export const chartKind: BlockKind<Chart> = {
  grows: true,
  height: (block, space, context) => {
    const { title, takeaway } = fit(block, space, context)
    return leastHeight + heightOf(title) + heightOf(takeaway)
  },
  place(block, { rect, size, on }, context) {
    const { title, takeaway } = fit(block, { width: rect.w, size, on }, context)
    const [above, below] = [heightOf(title), heightOf(takeaway)]
    const plot = { ...rect, y: rect.y + above, h: rect.h - above - below }
    return [
      ...(title ? [title.toBox('Chart title', { ...rect, h: title.height })] : []),
      { kind: 'chart', name: 'Chart', chart: block, ...plot },
      ...(takeaway
        ? [takeaway.toBox('Takeaway', { ...rect, y: plot.y + plot.h + gap, h: takeaway.height })]
        : []),
    ]
  },
  cut(block, room, context) {
    const { takeaway, ...chart } = block
    const isTooHigh = chartKind.height(block, room, context) > room.height
    if (!room.force || !isTooHigh || takeaway === undefined) {
      return cutWhole<Chart>(chartKind)(block, room, context)
    }
    const { column } = block
    return { head: chart, rest: { type: 'text', text: takeaway, ...(column && { column }) } }
  },
}

function heightOf(text: FittedText | undefined): number {
  return text ? text.height + gap : 0
}

function fit(
  { title, takeaway }: Chart,
  { width, size, on: own }: Space,
  context: LayoutContext,
): { title: FittedText | undefined; takeaway: FittedText | undefined } {
  const { ink, muted, background } = context.theme.colors
  const on = own ?? background
  const small = Math.max(smallest, Math.min(18, size - 2))
  return {
    title:
      title === undefined
        ? undefined
        : fitText(
            [toParagraph(title)],
            { width, look: { size: small, color: muted, on, bold: true } },
            context,
          ),
    takeaway:
      takeaway === undefined
        ? undefined
        : fitText(
            [toParagraph(takeaway)],
            { width, look: { size: small, color: ink, on } },
            context,
          ),
  }
}
