/** Charts drawn from their numbers, where no office program draws them. */
import type { BlockOf } from '@tandem/schemas'
import type { LayoutContext, Rect } from '../../layout/types.ts'
import type { Mark } from '../marks.ts'
import { drawAxes } from './axes.ts'
import { drawBars } from './bars.ts'
import { drawLegend, legendHeight, type LegendEntry } from './legend.ts'
import { drawLines } from './lines.ts'
import { drawPie } from './pie.ts'
import { isRound, seriesColor } from './series.ts'

type Chart = BlockOf<'chart'>

export function drawChart(chart: Chart, rect: Rect, context: LayoutContext): Mark[] {
  const entries = legendOf(chart, context)
  const legend = legendHeight(entries, rect.w, context)
  const plot = { ...rect, h: rect.h - legend }
  const below = { ...rect, y: rect.y + plot.h, h: legend }
  const drawn = isRound(chart) ? drawPie(chart, plot, context) : drawPlot(chart, plot, context)
  return [...drawn, ...drawLegend(entries, below, context)]
}

function drawPlot(chart: Chart, rect: Rect, context: LayoutContext): Mark[] {
  const { marks, plot } = drawAxes(chart, rect, context)
  const isLine = chart.kind === 'line' || chart.kind === 'area'
  return [...marks, ...(isLine ? drawLines(chart, plot, context) : drawBars(chart, plot, context))]
}

/** One series needs no legend; slices do. */
function legendOf(chart: Chart, { theme }: LayoutContext): LegendEntry[] {
  const names = isRound(chart) ? chart.categories : chart.series.map(({ name }) => name)
  if (names.length < 2 && !isRound(chart)) return []
  return names.map((name, at) => ({ name, color: seriesColor(theme.colors.chart, at) }))
}
