import type { BlockOf } from '@tandem/schemas'
import type { LayoutContext } from '../../layout/types.ts'
import type { Mark } from '../marks.ts'
import { hasValues, seriesColor } from './series.ts'
import { formatValue } from './format-value.ts'
import { drawLabel } from './label.ts'
import type { Plot } from './plot.ts'

type Chart = BlockOf<'chart'>

const used = 0.68

export function drawBars(chart: Chart, plot: Plot, context: LayoutContext): Mark[] {
  const { series, stacked, categories } = chart
  return categories.flatMap((_, index) => {
    const band = plot.band(index)
    const room = Math.min(band.size * used, 110)
    const each = stacked ? room : room / series.length
    const first = band.start + (band.size - room) / 2
    let [above, below] = [0, 0]
    return series.flatMap(({ values }, at): Mark[] => {
      const value = values[index] ?? null
      if (value === null) return []
      const from = stacked ? (value < 0 ? below : above) : 0
      const to = from + value
      if (value < 0) below = to
      else above = to
      const place = context.rtl && !plot.isLying && !stacked ? series.length - 1 - at : at
      const start = stacked ? first : first + place * each
      const bar = { start, size: stacked || series.length === 1 ? each : each * 0.92 }
      const color = seriesColor(context.theme.colors.chart, at)
      return [
        { kind: 'rect', fill: color, ...barRect({ ...bar, from, to }, plot) },
        ...(hasValues(chart)
          ? drawValue({ value, unit: chart.unit, middle: start + each / 2 }, plot, context)
          : []),
      ]
    })
  })
}

function barRect(
  { start, size, from, to }: { start: number; size: number; from: number; to: number },
  plot: Plot,
): { x: number; y: number; w: number; h: number } {
  const [one, other] = [plot.at(from), plot.at(to)]
  const [low, length] = [Math.min(one, other), Math.abs(one - other)]
  return plot.isLying
    ? { x: low, y: start, w: length, h: size }
    : { x: start, y: low, w: size, h: length }
}

function drawValue(
  { value, unit, middle }: { value: number; unit: string | undefined; middle: number },
  plot: Plot,
  context: LayoutContext,
): Mark[] {
  const text = formatValue(value, unit)
  const color = context.theme.colors.ink
  const at = plot.at(value)
  const isBefore = value < 0
  if (!plot.isLying) {
    return drawLabel(
      text,
      { x: middle, y: at + (isBefore ? 11 : -11), anchor: 'middle', color },
      context,
    )
  }
  const isLeft = isBefore !== context.rtl
  return drawLabel(
    text,
    { x: at + (isLeft ? -6 : 6), y: middle, anchor: isLeft ? 'end' : 'start', color },
    context,
  )
}
