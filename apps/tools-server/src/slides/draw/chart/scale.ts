/** Round values along an axis. */
export interface Scale {
  min: number
  max: number
  ticks: number[]
}

/** About five steps of 1, 2, 2.5 or 5 times a power of ten. Bars begin at 0; lines may begin higher. */
export function niceScale(values: readonly number[], { fromZero }: { fromZero: boolean }): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const isFar = !fromZero && low > 0 && high - low < low * 0.4
  const bottom = isFar ? low : Math.min(0, low)
  const top = Math.max(fromZero || !isFar ? 0 : high, high)
  const span = top - bottom || Math.abs(top) || 1
  const step = niceStep(span / 5)
  const min = Math.floor(bottom / step) * step
  const max = Math.max(Math.ceil(top / step) * step, min + step)
  const count = Math.round((max - min) / step)
  return { min, max, ticks: Array.from({ length: count + 1 }, (_, at) => round(min + at * step)) }
}

function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= raw * 0.999)
  return (step ?? 10) * power
}

/** Without the traces of binary fractions. */
function round(value: number): number {
  return Number(value.toPrecision(12))
}
