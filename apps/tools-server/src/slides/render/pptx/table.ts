import { tableColors } from '../../draw/draw-page.ts'
import type { LayoutContext, TableBox } from '../../layout/types.ts'
import { toRuns } from './text.ts'
import { toHex, toInches } from './units.ts'
import type { Slide, Cell } from './library.ts'

export function addTable(slide: Slide, box: TableBox, context: LayoutContext): void {
  const colors = tableColors(context)
  const { rows, columnWidths, style, padding, rtl } = box
  const none = { type: 'none' as const }
  const toCells = (row: TableBox['rows'][number], index: number): Cell[] => {
    const isHead = index === 0
    const fill = isHead ? colors.head : index % 2 === 0 ? colors.even : colors.odd
    const line = {
      type: 'solid' as const,
      pt: 0.75,
      color: toHex(isHead ? colors.onHead : colors.rule),
    }
    const look = { ...style, color: isHead ? colors.onHead : style.color, bold: isHead }
    const cells = row.cells.map(({ paragraph, isNumber }): Cell => {
      const align = isNumber ? 'end' : 'start'
      return {
        text: toRuns([paragraph], { style: look, align }, context),
        options: {
          fill: { color: toHex(fill) },
          border: [none, none, line, none],
          margin: [padding.y, padding.x, padding.y, padding.x],
          valign: 'middle',
          fontSize: style.size,
          fontFace: context.theme.fonts.body.office,
        },
      }
    })
    // A table of its own direction is not shown alike by all programs; turned cells are.
    return rtl ? cells.toReversed() : cells
  }
  slide.addTable(rows.map(toCells), {
    ...toInches(box),
    objectName: box.name,
    colW: (rtl ? columnWidths.toReversed() : columnWidths).map((width) => width / 72),
    rowH: rows.map(({ height }) => height / 72),
    autoPage: false,
  })
}
