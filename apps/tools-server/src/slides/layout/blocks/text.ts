import type { BlockOf } from '@tandem/schemas'
import { toParagraph } from '../set-text.ts'
import { fitText, type FittedText } from '../text-box.ts'
import type { LayoutContext } from '../types.ts'
import { countThatFits, type BlockKind, type Space } from './block-kind.ts'
import { cutText } from './cut-text.ts'

type Text = BlockOf<'text'>

export const textKind: BlockKind<Text> = {
  grows: false,
  height: (block, space, context) => fit(block, space, context).height,
  place(block, { rect, size, on }, context) {
    return [fit(block, { width: rect.w, size, on }, context).toBox('Text', rect)]
  },
  cut(block, room, context) {
    const paragraphs = paragraphsOf(block)
    const withFirst = (count: number): Text => ({
      ...block,
      text: paragraphs.slice(0, count).join('\n\n'),
    })
    const count = countThatFits(
      paragraphs.length,
      room.height,
      (most) => fit(withFirst(most), room, context).height,
    )
    if (count === paragraphs.length) return { head: block }
    if (count > 0) {
      return {
        head: withFirst(count),
        rest: { ...block, text: paragraphs.slice(count).join('\n\n') },
      }
    }
    if (!room.force) return { rest: block }
    const [first = '', ...others] = paragraphs
    const look = { size: room.size, color: '#000000', on: '#FFFFFF' }
    const { head, rest } = cutText(first, { ...room, look }, context)
    const left = [rest, ...others].filter((text) => text !== '').join('\n\n')
    return { head: { ...block, text: head }, ...(left && { rest: { ...block, text: left } }) }
  },
}

function paragraphsOf({ text }: Text): string[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
}

function fit(block: Text, { width, size, on }: Space, context: LayoutContext): FittedText {
  const { colors } = context.theme
  const paragraphs = paragraphsOf(block).map((text) => ({
    ...toParagraph(text),
    spaceBefore: Math.round(size * 0.6),
  }))
  const look = { size, color: colors.ink, on: on ?? colors.background }
  return fitText(paragraphs, { width, look }, context)
}
