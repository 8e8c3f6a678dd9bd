/** Powers, logarithms and angles. */
import { CalculationError } from './calculation-error.ts'
import { math, type BigNumber } from './mathjs.ts'

/** Numbers stay between 10^-maxExponent and 10^maxExponent, which bounds the work that any step can be. */
export const maxExponent = 5000
export const pi = math.bignumber(-1).acos()
export const tau = pi.times(2)
const lnOfTen = Math.log(10)

export function pow(base: BigNumber, exponent: BigNumber): BigNumber {
  const digits = base.isZero() ? 0 : Math.abs(log10(base.abs()) * exponent.toNumber())
  if (digits > maxExponent || exponent.e > 15) throw tooLarge()
  return base.pow(exponent)
}

export function exp(x: BigNumber): BigNumber {
  if (x.abs().toNumber() > maxExponent * lnOfTen) throw tooLarge()
  return x.exp()
}

export function log(x: BigNumber, base?: BigNumber): BigNumber {
  return base === undefined ? x.ln() : x.ln().div(base.ln())
}

/** The remainder with the sign of the divisor, as mathematicians and Python have it. */
export function mod(x: BigNumber, y: BigNumber): BigNumber {
  if (y.isZero()) throw new CalculationError('math_error', 'Division by zero.')
  if (x.e - y.e > 500) throw tooLarge()
  const remainder = x.mod(y)
  return remainder.isZero() || remainder.isNegative() === y.isNegative()
    ? remainder
    : remainder.plus(y)
}

export function round(x: BigNumber, places?: BigNumber): BigNumber {
  const count = places?.toNumber() ?? 0
  if (Number.isInteger(count) && count >= 0 && count <= 60) return x.toDecimalPlaces(count)
  throw new CalculationError('math_error', 'Round to a whole number of places from 0 to 60.')
}

/** Angles are in radians. Double precision, 15 digits: series of 80 digits would take milliseconds each. */
export function inDoubles(
  compute: (...numbers: number[]) => number,
): (...numbers: BigNumber[]) => BigNumber {
  return (...numbers) => fromDouble(compute(...numbers.map((number) => number.toNumber())))
}

/**
 * As `inDoubles`, with whole turns taken off first, in full precision. What is left of a sine that should be 0, as that of
 * pi, is 0, and of a tangent that should be infinite, infinite.
 */
export function periodic(compute: (angle: number) => number): (angle: BigNumber) => BigNumber {
  return (angle) => {
    if (angle.e > 50) throw tooLarge()
    const result = compute(angle.mod(tau).toNumber())
    const isNoise = Math.abs(result) < 1e-15 && angle.abs().gt(1e-3)
    return fromDouble(isNoise ? 0 : Math.abs(result) > 1e15 ? Number.POSITIVE_INFINITY : result)
  }
}

function fromDouble(value: number): BigNumber {
  return math.bignumber(Number.isFinite(value) ? value.toPrecision(15) : value)
}

/** Roughly, and quick also where the number is far beyond a double. */
function log10(x: BigNumber): number {
  return x.e + Math.log10(Number(x.toExponential(15).split('e')[0]))
}

function tooLarge(): CalculationError {
  return new CalculationError('limit_exceeded', 'A number in it becomes too large to compute.')
}
