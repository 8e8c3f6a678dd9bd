/** One line for each kind of block. Big numbers stand in rows and have a part of their own. */
import type { Block, BlockOf } from '@tandem/schemas'
import type { BlockKind } from './block-kind.ts'
import { bulletsKind } from './bullets.ts'
import { chartKind } from './chart.ts'
import { codeKind } from './code.ts'
import { imageKind } from './image.ts'
import { quoteKind } from './quote.ts'
import { tableKind } from './table.ts'
import { textKind } from './text.ts'
import { timelineKind } from './timeline.ts'

export type StackedBlock = Exclude<Block, { type: 'big_number' }>

const kinds: { [Type in StackedBlock['type']]: BlockKind<BlockOf<Type>> } = {
  bullets: bulletsKind,
  text: textKind,
  chart: chartKind,
  table: tableKind,
  image: imageKind,
  code: codeKind,
  quote: quoteKind,
  timeline: timelineKind,
}

export function kindOf(block: StackedBlock): BlockKind<StackedBlock> {
  // Each kind is asked about its own blocks only.
  return kinds[block.type]
}
