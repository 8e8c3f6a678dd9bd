import type { BlockOf } from '@tandem/schemas'
import { hasValues, isRound } from '../../draw/chart/series.ts'
import { officeFormat } from '../../draw/chart/format-value.ts'
import { labelSize } from '../../draw/chart/label.ts'
import { scaleOf } from '../../draw/chart/plot.ts'
import type { ChartBox, LayoutContext } from '../../layout/types.ts'
import { strongest } from '../../themes/contrast.ts'
import { toHex, toInches } from './units.ts'
import type { Slide, ChartOptions } from './library.ts'

type Chart = BlockOf<'chart'>

const types = {
  column: 'bar',
  bar: 'bar',
  line: 'line',
  area: 'area',
  pie: 'pie',
  doughnut: 'doughnut',
} as const

/** A native chart, with its numbers in a workbook. */
export function addChart(slide: Slide, box: ChartBox, context: LayoutContext): void {
  const { chart } = box
  const data = chart.series.map(({ name, values }) => ({
    name,
    labels: chart.categories,
    // What is missing stays empty; the library’s types know numbers only.
    values: values as number[],
  }))
  slide.addChart(types[chart.kind], data, {
    ...toInches(box),
    objectName: box.name,
    altText: describeChart(chart),
    ...labels(chart, context),
    ...(isRound(chart) ? roundOptions(chart, context) : axisOptions(chart, context)),
  })
}

/** For those who cannot see it. */
function describeChart({ title, kind, series, categories, takeaway }: Chart): string {
  const what = takeaway ?? title ?? series.map(({ name }) => name).join(', ')
  return `${kind} chart: ${what} (${categories.length} values)`
}

function labels(chart: Chart, { theme }: LayoutContext): ChartOptions {
  const face = theme.fonts.body.office
  const muted = toHex(theme.colors.muted)
  const hasLegend = isRound(chart) || chart.series.length > 1
  return {
    showLegend: hasLegend,
    legendPos: 'b',
    legendFontFace: face,
    legendFontSize: labelSize,
    legendColor: muted,
    catAxisLabelFontFace: face,
    catAxisLabelFontSize: labelSize,
    catAxisLabelColor: muted,
    valAxisLabelFontFace: face,
    valAxisLabelFontSize: labelSize,
    valAxisLabelColor: muted,
    dataLabelFontFace: face,
    dataLabelFontSize: labelSize,
  }
}

function axisOptions(chart: Chart, { theme, rtl }: LayoutContext): ChartOptions {
  const { colors } = theme
  const { min, max, ticks } = scaleOf(chart)
  const isLying = chart.kind === 'bar'
  const hex = colors.chart.map(toHex)
  return {
    chartColors: chart.series.length === 1 ? hex.slice(0, 1) : hex,
    barDir: isLying ? 'bar' : 'col',
    barGrouping: chart.stacked ? 'stacked' : 'clustered',
    barGapWidthPct: 48,
    ...(chart.kind === 'area' && !chart.stacked && { chartColorsOpacity: 45 }),
    lineSize: 2.75,
    lineDataSymbol: chart.categories.length > 14 ? 'none' : 'circle',
    lineDataSymbolSize: 8,
    valAxisMinVal: min,
    valAxisMaxVal: max,
    valAxisMajorUnit: (ticks[1] ?? max) - (ticks[0] ?? min),
    valAxisLabelFormatCode: officeFormat(chart.unit),
    valGridLine: { color: toHex(colors.rule), size: 0.75, style: 'solid' },
    valAxisLineShow: false,
    catGridLine: { style: 'none' },
    catAxisLineShow: true,
    // Lying bars are read from the top; other charts as their writing runs.
    catAxisOrientation: toOrientation(isLying || rtl),
    catAxisLabelPos: 'low',
    valAxisLabelPos: 'nextTo',
    // Turned names would take the values along to the other side.
    ...(isLying && { catAxisCrossesAt: 'max' as unknown as number }),
    valAxisOrientation: toOrientation(isLying && rtl),
    showValue: hasValues(chart),
    dataLabelColor: toHex(colors.ink),
    dataLabelFormatCode: officeFormat(chart.unit),
    ...(hasValues(chart) && { dataLabelPosition: 'outEnd' as const }),
  }
}

function roundOptions({ kind, categories }: Chart, { theme }: LayoutContext): ChartOptions {
  const { colors } = theme
  const hex = categories.map((_, at) => toHex(colors.chart[at % colors.chart.length] ?? '#888888'))
  return {
    chartColors: hex,
    dataBorder: { pt: 1.5, color: toHex(colors.background) },
    showPercent: true,
    showValue: false,
    showLabel: false,
    showLeaderLines: false,
    dataLabelFontBold: true,
    dataLabelFormatCode: '0%',
    dataLabelColor: toHex(onSlices(colors.chart)),
    ...(kind === 'doughnut' ? { holeSize: 56 } : { dataLabelPosition: 'ctr' as const }),
  }
}

/** One colour for the labels of all slices: offices know no more. */
function onSlices(colors: readonly string[]): string {
  const votes = colors.slice(0, 4).map(strongest)
  return votes.filter((vote) => vote === '#FFFFFF').length >= 2 ? '#FFFFFF' : '#000000'
}

/** The library writes both, but its types know one. */
function toOrientation(isTurned: boolean): 'minMax' {
  return (isTurned ? 'maxMin' : 'minMax') as 'minMax'
}
