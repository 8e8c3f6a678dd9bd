const currencies = new Set(['$', '€', '£', '¥', '₩', '₹'])

/** A number with its unit: `$1,200`, `12%`, `30 ms`. */
export function formatValue(value: number, unit: string | undefined): string {
  const size = Math.abs(value)
  const digits =
    size !== 0 && size < 1
      ? { maximumSignificantDigits: 3 }
      : { maximumFractionDigits: size < 100 ? 2 : 1 }
  const text =
    size >= 1e9
      ? value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 })
      : value.toLocaleString('en-US', digits)
  if (unit === undefined) return text
  if (currencies.has(unit)) return value < 0 ? `-${unit}${text.slice(1)}` : `${unit}${text}`
  return unit === '%' || unit === '°' || unit === '×' ? `${text}${unit}` : `${text} ${unit}`
}

/** The same for spreadsheets. Quotes in a unit would end the text of the format. */
export function officeFormat(unit: string | undefined): string {
  if (unit === undefined) return '#,##0.##;-#,##0.##;0'
  const safe = unit.replaceAll(/["\\]/g, '')
  const [before, after] = currencies.has(unit)
    ? [`"${safe}"`, '']
    : ['', unit === '%' || unit === '°' || unit === '×' ? `"${safe}"` : `" ${safe}"`]
  return `${before}#,##0.##${after};-${before}#,##0.##${after};${before}0${after}`
}
