import type { LayoutContext, Rect } from '../../layout/types.ts'
import type { Mark } from '../marks.ts'
import { clipLabel, drawLabel, labelHeight, labelWidth } from './label.ts'

export interface LegendEntry {
  name: string
  color: string
}

const swatch = 12
const gap = 7
const between = 22
const above = 8
/** What more there is, is left to the numbers. */
const mostRows = 3

export function legendHeight(
  entries: readonly LegendEntry[],
  width: number,
  context: LayoutContext,
): number {
  if (entries.length === 0) return 0
  return toRows(entries, width, context).length * labelHeight + above
}

/** Below the chart, in the middle. */
export function drawLegend(
  entries: readonly LegendEntry[],
  rect: Rect,
  context: LayoutContext,
): Mark[] {
  return toRows(entries, rect.w, context).flatMap((row, at) => {
    const width = row.reduce((sum, entry) => sum + entry.width, 0) + between * (row.length - 1)
    const y = rect.y + above + at * labelHeight + labelHeight / 2
    let x = rect.x + (rect.w - width) / 2
    return row.flatMap(({ name, color, width: own }): Mark[] => {
      const start = x
      x += own + between
      return [
        { kind: 'rect', fill: color, x: start, y: y - swatch / 2, w: swatch, h: swatch },
        ...drawLabel(
          name,
          { x: start + swatch + gap, y, anchor: 'start', color: context.theme.colors.muted },
          context,
        ),
      ]
    })
  })
}

type Row = (LegendEntry & { width: number })[]

function toRows(entries: readonly LegendEntry[], width: number, context: LayoutContext): Row[] {
  const rows: Row[] = [[]]
  let left = width
  for (const { name, color } of entries) {
    const text = clipLabel(name, Math.min(width - swatch - gap, 240), context)
    const own = swatch + gap + labelWidth(text, context)
    const row = rows.at(-1)
    if (row && (row.length === 0 || own + between <= left)) {
      row.push({ name: text, color, width: own })
      left -= own + between
    } else {
      rows.push([{ name: text, color, width: own }])
      left = width - own
    }
  }
  return rows.slice(0, mostRows)
}
