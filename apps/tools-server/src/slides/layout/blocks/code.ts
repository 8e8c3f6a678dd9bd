import type { BlockOf } from '@tandem/schemas'
import { setText, type ParagraphInput } from '../set-text.ts'
import { fitText, toStyle, type FittedText, type TextLook } from '../text-box.ts'
import type { LayoutContext } from '../types.ts'
import { countThatFits, smallest, type BlockKind, type Cut, type Space } from './block-kind.ts'

type Code = BlockOf<'code'>

const padding = 16

export const codeKind: BlockKind<Code> = {
  grows: false,
  height: (block, space, context) => fit(block, space, context).height + 2 * padding,
  place(block, { rect, size, on }, context) {
    const { surface, accent, background } = context.theme.colors
    const fill = on === background ? surface : background
    const inner = {
      x: rect.x + padding,
      y: rect.y + padding,
      w: rect.w - 2 * padding,
      h: rect.h - 2 * padding,
    }
    return [
      { kind: 'shape', name: 'Code ground', shape: 'rect', fill, ...rect },
      { kind: 'shape', name: 'Code bar', shape: 'rect', fill: accent, ...rect, w: 4 },
      fit(block, { width: rect.w, size, on: fill }, context).toBox('Code', inner),
    ]
  },
  cut(block, room, context) {
    const lines = block.code.split('\n')
    const withFirst = (count: number): Code => ({
      ...block,
      code: lines.slice(0, count).join('\n'),
    })
    const height = room.height - 2 * padding
    const count = countThatFits(
      lines.length,
      height,
      (most) => fit(withFirst(most), room, context).height,
    )
    if (count === lines.length) return { head: block }
    if (count > 0)
      return { head: withFirst(count), rest: { ...block, code: lines.slice(count).join('\n') } }
    if (!room.force) return { rest: block }
    return cutLine(block, { ...room, height }, context)
  },
}

/** One line that is longer than a page. */
function cutLine(
  block: Code,
  { width, size, height }: Space & { height: number },
  context: LayoutContext,
): Cut {
  const [first = '', ...others] = block.code.split('\n')
  const look = { ...lookOf({ width, size }, context), width: width - 2 * padding }
  const style = toStyle(look, [])
  const spans = [{ text: keepBlanks(first) }]
  const [set] = setText([{ spans }], { width: look.width, style }, { ...context, rtl: false })
  const end = set?.lines[Math.max(0, Math.floor(height / style.leading) - 1)]?.end ?? first.length
  const rest = [first.slice(end), ...others].join('\n')
  return {
    head: { ...block, code: first.slice(0, end) },
    ...(rest && { rest: { ...block, code: rest } }),
  }
}

function lookOf({ size, on }: Space, { theme }: LayoutContext): TextLook {
  return {
    font: 'mono',
    size: Math.max(smallest, Math.min(20, size - 2)),
    color: theme.colors.ink,
    on: on ?? theme.colors.surface,
  }
}

function fit({ code }: Code, { width, size, on }: Space, context: LayoutContext): FittedText {
  const paragraphs: ParagraphInput[] = code
    .split('\n')
    .map((line) => ({ spans: [{ text: keepBlanks(line) }] }))
  const look = lookOf({ width, size, on }, context)
  // Code runs from left to right, whatever the language of the deck.
  return fitText(paragraphs, { width: width - 2 * padding, look }, { ...context, rtl: false })
}

/** So that no program swallows or breaks what a line is indented by. */
function keepBlanks(line: string): string {
  return line.trimEnd().replace(/^ +/, (blanks) => '\u00A0'.repeat(blanks.length))
}
