import type { BlockOf } from '@tandem/schemas'
import type { LayoutContext, Rect } from '../../layout/types.ts'
import { readableOn } from '../../themes/contrast.ts'
import type { Mark } from '../marks.ts'
import { seriesColor } from './series.ts'
import { drawLabel } from './label.ts'

type Chart = BlockOf<'chart'>

/** Smaller slices have no room for their share. */
const leastLabelled = 0.06

export function drawPie(chart: Chart, rect: Rect, context: LayoutContext): Mark[] {
  const { colors } = context.theme
  const values = (chart.series[0]?.values ?? []).map((value) => value ?? 0)
  const total = values.reduce((sum, value) => sum + value, 0)
  const radius = Math.max(20, Math.min(rect.w, rect.h) / 2 - 4)
  const center = { x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 }
  const hole = chart.kind === 'doughnut' ? radius * 0.56 : 0
  let from = 0
  return values.flatMap((value, at): Mark[] => {
    if (value === 0) return []
    const share = value / total
    const slice = { from, to: from + share }
    from = slice.to
    const fill = seriesColor(colors.chart, at)
    const middle = pointAt(
      center,
      (slice.from + slice.to) / 2,
      hole ? (radius + hole) / 2 : radius * 0.66,
    )
    return [
      {
        kind: 'path',
        d: slicePath(center, { ...slice, radius, hole }),
        fill,
        stroke: colors.background,
        strokeWidth: 1.5,
      },
      ...(share < leastLabelled
        ? []
        : drawLabel(
            `${Math.round(share * 100)}%`,
            {
              ...middle,
              anchor: 'middle',
              color: readableOn('#FFFFFF', fill) === '#FFFFFF' ? '#FFFFFF' : '#000000',
              bold: true,
            },
            context,
          )),
    ]
  })
}

/** `turn` 0 is at the top, and goes round with the clock. */
function pointAt(
  center: { x: number; y: number },
  turn: number,
  radius: number,
): { x: number; y: number } {
  const angle = turn * 2 * Math.PI - Math.PI / 2
  return { x: center.x + radius * Math.cos(angle), y: center.y + radius * Math.sin(angle) }
}

function slicePath(
  center: { x: number; y: number },
  { from, to, radius, hole }: { from: number; to: number; radius: number; hole: number },
): string {
  // A whole turn begins where it ends, which no arc can say.
  const end = to - from >= 1 ? from + 0.99999 : to
  const large = end - from > 0.5 ? 1 : 0
  const at = (turn: number, r: number): string => {
    const { x, y } = pointAt(center, turn, r)
    return `${x.toFixed(2)} ${y.toFixed(2)}`
  }
  const outer = `M${at(from, radius)}A${radius} ${radius} 0 ${large} 1 ${at(end, radius)}`
  if (hole === 0) return `${outer}L${center.x.toFixed(2)} ${center.y.toFixed(2)}Z`
  return `${outer}L${at(end, hole)}A${hole} ${hole} 0 ${large} 0 ${at(from, hole)}Z`
}
