import type { BlockOf } from '@tandem/schemas'
import type { LayoutContext } from '../../layout/types.ts'
import type { Mark } from '../marks.ts'
import { seriesColor } from './series.ts'
import type { Plot } from './plot.ts'

type Chart = BlockOf<'chart'>

interface Point {
  x: number
  y: number
  /** What the area ends at. */
  base: number
}

const mostDots = 14

export function drawLines(chart: Chart, plot: Plot, { theme }: LayoutContext): Mark[] {
  const isArea = chart.kind === 'area'
  const sums = chart.categories.map(() => 0)
  return chart.series.flatMap(({ values }, at): Mark[] => {
    const color = seriesColor(theme.colors.chart, at)
    const points = values.map((value, index): Point | undefined => {
      if (value === null) return undefined
      const from = isArea && chart.stacked ? (sums[index] ?? 0) : 0
      sums[index] = from + value
      const band = plot.band(index)
      return { x: band.start + band.size / 2, y: plot.at(from + value), base: plot.at(from) }
    })
    return segments(points).flatMap((segment): Mark[] => [
      ...(isArea
        ? [
            {
              kind: 'path' as const,
              d: areaPath(segment),
              fill: color,
              opacity: chart.stacked ? 0.85 : 0.3,
            },
          ]
        : []),
      { kind: 'path', d: linePath(segment), stroke: color, strokeWidth: isArea ? 1.75 : 2.75 },
      ...(!isArea && values.length <= mostDots
        ? segment.map(({ x, y }): Mark => ({
            kind: 'ellipse',
            fill: color,
            x: x - 4,
            y: y - 4,
            w: 8,
            h: 8,
          }))
        : []),
    ])
  })
}

/** A line stops where a value is missing. */
function segments(points: readonly (Point | undefined)[]): Point[][] {
  const all: Point[][] = [[]]
  for (const point of points) {
    if (point) all.at(-1)?.push(point)
    else all.push([])
  }
  return all.filter((segment) => segment.length > 0)
}

function linePath(points: readonly Point[]): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${place(x)} ${place(y)}`).join('')
}

function areaPath(points: readonly Point[]): string {
  const back = points.toReversed().map(({ x, base }) => `L${place(x)} ${place(base)}`)
  return `${linePath(points)}${back.join('')}Z`
}

function place(value: number): string {
  return value.toFixed(2)
}
