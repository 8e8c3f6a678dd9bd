/** Where values and categories lie within a chart. */
import type { BlockOf } from '@tandem/schemas'
import type { Rect } from '../../layout/types.ts'
import { hasValues } from './series.ts'
import { niceScale, type Scale } from './scale.ts'

type Chart = BlockOf<'chart'>

export interface Plot {
  rect: Rect
  scale: Scale
  /** Bars lie: values run along x. */
  isLying: boolean
  /** Where a value lies along its axis. */
  at(value: number): number
  /** The room of one category along the other axis. */
  band(index: number): { start: number; size: number }
}

export function scaleOf(chart: Chart): Scale {
  const { series, categories, stacked, kind } = chart
  const values = stacked && kind !== 'line' ? sums(chart) : series.flatMap((each) => each.values)
  const given = values.filter((value) => value !== null)
  // A number that stands below its bar needs room above the names.
  const numbers = hasValues(chart)
    ? given.map((value) => (value < 0 ? value * 1.15 : value))
    : given
  return niceScale(numbers.length > 0 ? numbers : categories.map(() => 0), {
    fromZero: kind !== 'line',
  })
}

function sums({ series, categories }: Chart): number[] {
  return categories.flatMap((_, at) => {
    const values = series.map(({ values }) => values[at] ?? 0)
    return [sumOf(values.filter((value) => value > 0)), sumOf(values.filter((value) => value < 0))]
  })
}

export function createPlot(chart: Chart, rect: Rect, isMirrored: boolean): Plot {
  const scale = scaleOf(chart)
  const isLying = chart.kind === 'bar'
  const count = chart.categories.length
  const shareOf = (value: number): number => (value - scale.min) / (scale.max - scale.min)
  const size = (isLying ? rect.h : rect.w) / count
  return {
    rect,
    scale,
    isLying,
    at(value) {
      if (!isLying) return rect.y + rect.h * (1 - shareOf(value))
      return rect.x + rect.w * (isMirrored ? 1 - shareOf(value) : shareOf(value))
    },
    band(index) {
      const place = isMirrored && !isLying ? count - 1 - index : index
      return { start: (isLying ? rect.y : rect.x) + place * size, size }
    },
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
