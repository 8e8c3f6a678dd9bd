import type { Page } from '../../src/slides/layout/types.ts'

/** All text of a page but that within charts. */
export function textOfBoxes({ boxes }: Page): string {
  return boxes
    .flatMap((box) => {
      if (box.kind === 'text') return box.paragraphs
      return box.kind === 'table'
        ? box.rows.flatMap(({ cells }) => cells.map(({ paragraph }) => paragraph))
        : []
    })
    .flatMap(({ lines }) => lines.map(({ spans }) => spans.map(({ text }) => text).join('')))
    .join('\n')
}
