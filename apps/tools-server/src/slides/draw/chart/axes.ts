import type { BlockOf } from '@tandem/schemas'
import type { LayoutContext, Rect } from '../../layout/types.ts'
import type { Mark } from '../marks.ts'
import { formatValue } from './format-value.ts'
import { clipLabel, drawLabel, labelHeight, labelWidth } from './label.ts'
import { hasValues } from './series.ts'
import { createPlot, scaleOf, type Plot } from './plot.ts'

type Chart = BlockOf<'chart'>

const gap = 8

/** Grid lines, values and categories; and what they leave for the plot. */
export function drawAxes(
  chart: Chart,
  rect: Rect,
  context: LayoutContext,
): { marks: Mark[]; plot: Plot } {
  const isLying = chart.kind === 'bar'
  const ticks = scaleOf(chart).ticks.map((value) => formatValue(value, chart.unit))
  const widest = Math.max(...ticks.map((text) => labelWidth(text, context)))
  const names = Math.max(...chart.categories.map((text) => labelWidth(text, context)))
  const side = isLying ? Math.min(names, rect.w * 0.34) : widest
  const end = isLying ? Math.max(widest / 2, hasValues(chart) ? widest * 0.6 : 0) : 0
  const inner = {
    x: rect.x + (context.rtl ? end : side + gap),
    y: rect.y + labelHeight / 2 + (isLying ? 0 : hasValues(chart) ? 8 : 0),
    w: rect.w - side - gap - end,
    h: rect.h - labelHeight * 1.5 - gap - (isLying ? 0 : hasValues(chart) ? 8 : 0),
  }
  const plot = createPlot(chart, inner, context.rtl)
  return {
    marks: [...drawValues(chart, plot, context), ...drawNames(chart, { plot, side }, context)],
    plot,
  }
}

function drawValues(chart: Chart, plot: Plot, context: LayoutContext): Mark[] {
  const { rule, muted } = context.theme.colors
  const { rect, scale, isLying } = plot
  return scale.ticks.flatMap((value): Mark[] => {
    const at = plot.at(value)
    const width = value === 0 ? 1.25 : 0.75
    const color = value === 0 ? muted : rule
    const text = formatValue(value, chart.unit)
    if (isLying) {
      return [
        { kind: 'rect', fill: color, x: at - width / 2, y: rect.y, w: width, h: rect.h },
        ...drawLabel(
          text,
          { x: at, y: rect.y + rect.h + gap + labelHeight / 2, anchor: 'middle', color: muted },
          context,
        ),
      ]
    }
    const side = context.rtl
      ? { x: rect.x + rect.w + gap, anchor: 'start' as const }
      : { x: rect.x - gap, anchor: 'end' as const }
    return [
      { kind: 'rect', fill: color, x: rect.x, y: at - width / 2, w: rect.w, h: width },
      ...drawLabel(text, { ...side, y: at, color: muted }, context),
    ]
  })
}

function drawNames(
  { categories }: Chart,
  { plot, side }: { plot: Plot; side: number },
  context: LayoutContext,
): Mark[] {
  const { rect, isLying } = plot
  const color = context.theme.colors.muted
  const { size } = plot.band(0)
  const widest = Math.max(...categories.map((text) => labelWidth(text, context)))
  const every = isLying
    ? Math.ceil(labelHeight / size)
    : Math.max(1, Math.ceil(Math.min(widest + 10, Math.max(size, 70)) / size))
  return categories.flatMap((name, index) => {
    if (index % every !== 0) return []
    const band = plot.band(index)
    const middle = band.start + band.size / 2
    if (isLying) {
      const edge = context.rtl
        ? { x: rect.x + rect.w + gap, anchor: 'start' as const }
        : { x: rect.x - gap, anchor: 'end' as const }
      return drawLabel(clipLabel(name, side, context), { ...edge, y: middle, color }, context)
    }
    const text = clipLabel(name, size * every - 6, context)
    const half = labelWidth(text, context) / 2
    const x = Math.min(Math.max(middle, rect.x + half - 20), rect.x + rect.w - half)
    return drawLabel(
      text,
      { x, y: rect.y + rect.h + gap + labelHeight / 2, anchor: 'middle', color },
      context,
    )
  })
}
