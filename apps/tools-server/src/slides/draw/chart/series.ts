import type { BlockOf } from '@tandem/schemas'

/** Pies and doughnuts: one series, whose values are slices. */
export function isRound({ kind }: Pick<BlockOf<'chart'>, 'kind'>): boolean {
  return kind === 'pie' || kind === 'doughnut'
}

/** The colours go round. */
export function seriesColor(colors: readonly string[], at: number): string {
  return colors[at % colors.length] ?? '#888888'
}

/** One short series says its numbers itself. */
export function hasValues({ series, categories, kind }: BlockOf<'chart'>): boolean {
  return series.length === 1 && categories.length <= 10 && (kind === 'column' || kind === 'bar')
}
