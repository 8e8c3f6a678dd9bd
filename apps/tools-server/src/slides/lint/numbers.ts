/** Numbers as people write them, so that one text's can be looked for in another. */

export interface Quantity {
  /** As it is written, with its unit. */
  text: string
  /** What it may mean: `1.234` is two numbers, depending on who wrote it. */
  values: readonly number[]
  /** Digits behind the point. */
  decimals: number
}

const scales: readonly (readonly [word: RegExp, factor: number])[] = [
  [/^(?:k|thousand|tausend|mille|mil|тыс\.?|千)$/i, 1e3],
  [/^(?:m|mio\.?|mn|million(?:en|s)?|millones|млн\.?|百万)$/i, 1e6],
  [/^(?:b|bn|billion|mrd\.?|milliarden?|milliards?|млрд\.?|十亿)$/i, 1e9],
]
const scaleWord =
  'k|thousand|tausend|mille|mil|тыс\\.?|千|mio\\.?|mn|m|millions?|millionen|millones|млн\\.?|百万|bn|b|billion|mrd\\.?|milliarden?|milliards?|млрд\\.?|十亿'
const quantity = new RegExp(
  String.raw`([$€£¥]\s?)?(?<![\p{L}\d.,])(\d+(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d+)?)(?:\s?(%|‰|percent|prozent|€|\$|£|¥))?(?:\s?(${scaleWord})(?![\p{L}\d]))?`,
  'giu',
)

/** Nobody needs a source for "three steps" or "phase 2". */
const plainlyCounted = 12

export function quantitiesIn(text: string): Quantity[] {
  return [...text.matchAll(quantity)].flatMap(([whole, currency, digits = '', unit, scale]) => {
    const values = readings(digits)
    const factor = scales.find(([word]) => scale !== undefined && word.test(scale))?.[1]
    const isBare = !currency && !unit && factor === undefined
    if (isBare && values.every((value) => Number.isInteger(value) && value <= plainlyCounted))
      return []
    const scaled = factor === undefined ? [] : values.map((value) => value * factor)
    const decimals = /[.,](\d+)$/.exec(digits)?.[1]?.length ?? 0
    return { text: whole.trim(), values: [...values, ...scaled], decimals }
  })
}

/** All numbers of a text, also the small ones. */
export function numbersIn(text: string): ReadonlySet<number> {
  const numbers = new Set<number>()
  for (const [, , digits = '', , scale] of text.matchAll(quantity)) {
    const factor = scales.find(([word]) => scale !== undefined && word.test(scale))?.[1] ?? 1
    for (const value of readings(digits)) numbers.add(value).add(value * factor)
  }
  return numbers
}

/** Whether the evidence has this number, or one that it is a rounding of. */
export function isFound({ values, decimals }: Quantity, evidence: ReadonlySet<number>): boolean {
  if (values.some((value) => evidence.has(value))) return true
  const unit = 10 ** decimals
  return [...evidence].some((known) =>
    values.some((value) => !Number.isInteger(known) && Math.round(known * unit) / unit === value),
  )
}

/** `1,234.5` and `1.234,5` are clear; `1,234` may be either. */
function readings(digits: string): number[] {
  const compact = digits.replaceAll(/['’\u00a0\u202f ]/g, '')
  const asPoint = Number(compact.replaceAll(',', ''))
  const asComma = Number(compact.replaceAll('.', '').replace(',', '.'))
  return [...new Set([asPoint, asComma])].filter((value) => Number.isFinite(value))
}
