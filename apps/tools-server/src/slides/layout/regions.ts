/** Which blocks stand where: one column, several, or a picture beside its text. */
import type { Block, SlideLayout } from '@tandem/schemas'
import type { LayoutContext, Rect } from './types.ts'

export interface Region {
  rect: Rect
  blocks: Block[]
  /** On a card of its own. */
  isCard: boolean
  /** `balanced` is at the top, unless most of the height would then stay empty. */
  valign: 'top' | 'middle' | 'balanced'
  /** The largest size of its text. */
  largest: number
  /** Where it may spread out on a page on which it is alone. */
  spread?: Rect
}

const columnGap = 28
export const cardPadding = 20
const shown = new Set<Block['type']>(['chart', 'image', 'table', 'code'])
const alone = new Set<Block['type']>(['quote', 'big_number'])

export function arrange(
  layout: SlideLayout,
  { blocks, area }: { blocks: readonly Block[]; area: Rect },
  context: LayoutContext,
): Region[] {
  if (layout === 'two_columns' || layout === 'comparison') {
    return inColumns(blocks, { area, isCard: layout === 'comparison' }, context)
  }
  const beside = blocks.find(({ type }) => shown.has(type))
  const others = blocks.filter((block) => block !== beside)
  const canStandBeside =
    beside !== undefined &&
    (beside.type === 'chart' || beside.type === 'image') &&
    others.length > 0 &&
    others.every(({ type }) => !shown.has(type) && type !== 'timeline')
  if (canStandBeside) return sideBySide(beside, { others, area }, blocks[0] === beside)
  const isAlone = blocks.length > 0 && blocks.every(({ type }) => alone.has(type))
  const isLine = blocks.length === 1 && blocks[0]?.type === 'timeline'
  return [
    {
      rect: area,
      blocks: [...blocks],
      isCard: false,
      largest: layout === 'quote' ? 32 : layout === 'references' ? 20 : 28,
      valign:
        isAlone || isLine || layout === 'quote' || layout === 'big_number'
          ? 'middle'
          : layout === 'references'
            ? 'top'
            : 'balanced',
    },
  ]
}

function sideBySide(
  beside: Block,
  { others, area }: { others: Block[]; area: Rect },
  isFirst: boolean,
): Region[] {
  const share = beside.type === 'chart' ? 0.6 : 0.52
  const wide = (area.w - columnGap) * share
  const narrow = area.w - columnGap - wide
  const x = isFirst ? area.x : area.x + narrow + columnGap
  const otherX = isFirst ? area.x + wide + columnGap : area.x
  const common = { isCard: false, largest: 24, spread: area }
  const picture = {
    ...common,
    rect: { ...area, x, w: wide },
    blocks: [beside],
    valign: 'top' as const,
  }
  const text = {
    ...common,
    rect: { ...area, x: otherX, w: narrow },
    blocks: others,
    valign: 'middle' as const,
  }
  return isFirst ? [picture, text] : [text, picture]
}

/** By what the blocks say; otherwise the first half is left of the second. */
function inColumns(
  blocks: readonly Block[],
  { area, isCard }: { area: Rect; isCard: boolean },
  _context: LayoutContext,
): Region[] {
  const isNamed = blocks.some(({ column }) => column !== undefined)
  const half = Math.ceil(blocks.length / 2)
  const columnOf = (block: Block, index: number): number =>
    isNamed ? (block.column ?? 1) : isCard && blocks.length === 3 ? index + 1 : index < half ? 1 : 2
  const count = Math.max(2, ...blocks.map(columnOf))
  const width = (area.w - columnGap * (count - 1)) / count
  return Array.from({ length: count }, (_, at) => ({
    rect: { ...area, x: area.x + at * (width + columnGap), w: width },
    blocks: blocks.filter((block, index) => columnOf(block, index) === at + 1),
    isCard,
    largest: 26,
    valign: 'balanced' as const,
  })).filter((region) => region.blocks.length > 0 || isCard)
}
