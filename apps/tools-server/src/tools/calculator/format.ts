import { precision, type BigNumber } from './mathjs.ts'

/** Shown of a number that goes on and on. */
const shownDigits = 20
/** More of them than a number can have by chance mean that it was cut at `precision`. */
const exactDigits = 40

export interface FormattedValue {
  text: string
  /** False where digits are left out, or were lost on the way. */
  isExact: boolean
}

/** Whole numbers with all their digits as long as they were computed exactly, other ones as short as sensible. */
export function formatValue(value: BigNumber): FormattedValue {
  const isWhole = value.isInteger() && value.e < precision - 1
  const isExact = isWhole || value.precision() <= exactDigits
  const shown = isExact ? value : value.toSignificantDigits(shownDigits)
  const isPlain = shown.isZero() || (shown.e >= -10 && (isWhole || shown.e < shownDigits))
  return { text: isPlain ? shown.toFixed() : shown.toExponential(), isExact }
}

/** A JSON number where that holds every digit, else the digits as text. */
export function toData(text: string): number | string {
  const number = Number(text)
  const digits = text.replace(/e.*$/, '').replaceAll(/[-.]/g, '').replace(/^0+/, '')
  const isInRange = Number.isFinite(number) && (number !== 0 || digits === '')
  return isInRange && digits.length <= 15 ? number : text
}
