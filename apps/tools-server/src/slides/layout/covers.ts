/** Title, section and closing slides. */
import type { Deck, Slide } from '@tandem/schemas'
import { smallest } from './blocks/block-kind.ts'
import { coverText } from './furniture.ts'
import { toParagraph } from './set-text.ts'
import { fitLargest, fitText, type FittedText } from './text-box.ts'
import type { Box, LayoutContext } from './types.ts'

const titleSizes = [52, 48, 44, 40, 36, 32, 28, 24, 20, 18, 16, smallest]

export function layOutCover(
  {
    title,
    subtitle,
    below,
  }: { title: string; subtitle: string | undefined; below: string | undefined },
  context: LayoutContext,
): Box[] {
  const { colors, look } = context.theme
  const room = coverText('cover', context)
  const onCover = { on: colors.cover, color: colors.onCover }
  const muted = { on: colors.cover, color: colors.onCoverMuted }
  const head = fitLargest(
    [toParagraph(title)],
    {
      sizes: titleSizes,
      width: room.w,
      height: room.h * 0.5,
      look: { ...onCover, font: 'heading', bold: look !== 'paper', tight: true, role: 'title' },
    },
    context,
  )
  const sub = fitOptional(subtitle, { width: room.w, height: room.h * 0.26, look: muted }, context)
  const foot = fitOptional(below, { width: room.w, height: 44, look: muted, largest: 18 }, context)
  const gap = 22
  const high = head.height + (sub ? sub.height + gap : 0)
  const footTop = room.y + room.h - (foot?.height ?? 0)
  const top = room.y + Math.max(0, (footTop - 16 - room.y - high) * 0.45)
  return [
    head.toBox('Title', { x: room.x, y: top, w: room.w, h: head.height }),
    ...(sub
      ? [sub.toBox('Subtitle', { x: room.x, y: top + head.height + gap, w: room.w, h: sub.height })]
      : []),
    ...(foot ? [foot.toBox('Author', { x: room.x, y: footTop, w: room.w, h: foot.height })] : []),
  ]
}

export function layOutSection(
  { title, subtitle, number }: { title: string; subtitle: string | undefined; number: number },
  context: LayoutContext,
): Box[] {
  const { colors, look } = context.theme
  const room = coverText('section', context)
  const ground = { on: colors.section, color: colors.onSection }
  const muted = { on: colors.section, color: colors.onSectionMuted }
  const label = fitText(
    [{ spans: [{ text: String(number).padStart(2, '0') }] }],
    {
      width: room.w,
      look: { ...muted, font: 'heading', size: 40, bold: look !== 'paper', tight: true },
    },
    context,
  )
  const head = fitLargest(
    [toParagraph(title)],
    {
      sizes: titleSizes.slice(2),
      width: room.w,
      height: room.h * 0.5,
      look: { ...ground, font: 'heading', bold: look !== 'paper', tight: true, role: 'title' },
    },
    context,
  )
  const sub = fitOptional(subtitle, { width: room.w, height: room.h * 0.26, look: muted }, context)
  const high = label.height + 14 + head.height + (sub ? sub.height + 18 : 0)
  const top = room.y + Math.max(0, (room.h - high) / 2)
  const titleTop = top + label.height + 14
  return [
    label.toBox('Section number', { x: room.x, y: top, w: room.w, h: label.height }),
    head.toBox('Title', { x: room.x, y: titleTop, w: room.w, h: head.height }),
    ...(sub
      ? [
          sub.toBox('Subtitle', {
            x: room.x,
            y: titleTop + head.height + 18,
            w: room.w,
            h: sub.height,
          }),
        ]
      : []),
  ]
}

/** What stands at the foot of the title slide. */
export function creditsOf({ author, date }: Deck): string | undefined {
  const parts = [author, date].filter((part) => part !== undefined)
  return parts.length > 0 ? parts.join('  ·  ') : undefined
}

/** The text of a cover’s blocks: a closing slide may say what to do next. */
export function linesOf({
  subtitle,
  blocks,
}: Pick<Slide, 'subtitle' | 'blocks'>): string | undefined {
  const lines = blocks.flatMap((block) => {
    if (block.type === 'text') return [block.text]
    if (block.type !== 'bullets') return []
    return block.items.map((item) => (typeof item === 'string' ? item : item.text))
  })
  const all = [...(subtitle === undefined ? [] : [subtitle]), ...lines]
  return all.length > 0 ? all.join('\n') : undefined
}

function fitOptional(
  text: string | undefined,
  room: { width: number; height: number; look: { on: string; color: string }; largest?: number },
  context: LayoutContext,
): FittedText | undefined {
  if (text === undefined) return undefined
  const sizes = [24, 22, 20, 18, 16, smallest].filter((size) => size <= (room.largest ?? 24))
  return fitLargest([toParagraph(text)], { ...room, sizes }, context)
}
