/** All that an expression may name: what is not in these tables does not exist. A new function is one line. */
import { combinations, factorial, gcd, lcm, permutations } from './integers.ts'
import { math, type BigNumber } from './mathjs.ts'
import { exp, inDoubles, log, mod, periodic, pi, pow, round, tau } from './reals.ts'

export interface Operation {
  /** How many arguments it takes. */
  min: number
  max: number
  /** Takes up to a millisecond; the other ones some microseconds. */
  costly: boolean
  compute: (...args: BigNumber[]) => BigNumber
}

type Unary = (x: BigNumber) => BigNumber
type Binary = (x: BigNumber, y: BigNumber) => BigNumber
type Many = (...numbers: BigNumber[]) => BigNumber

export const constants: ReadonlyMap<string, BigNumber> = new Map([
  ['pi', pi],
  ['tau', tau],
  ['e', math.bignumber(1).exp()],
  ['phi', math.bignumber(5).sqrt().plus(1).div(2)],
  ['deg', pi.div(180)],
])

/** By mathjs's names. */
export const operators: ReadonlyMap<string, Operation> = new Map([
  ['add', binary((x, y) => x.plus(y))],
  ['subtract', binary((x, y) => x.minus(y))],
  ['multiply', binary((x, y) => x.times(y))],
  ['divide', binary((x, y) => x.div(y))],
  ['mod', binary(mod)],
  ['pow', costly(binary(pow))],
  ['factorial', costly(unary(factorial))],
  ['unaryMinus', unary((x) => x.negated())],
  ['unaryPlus', unary((x) => x)],
])

export const functions: ReadonlyMap<string, Operation> = new Map([
  ['abs', unary((x) => x.abs())],
  ['sign', unary((x) => math.bignumber(Math.sign(x.toNumber())))],
  ['floor', unary((x) => x.floor())],
  ['ceil', unary((x) => x.ceil())],
  ['trunc', unary((x) => x.trunc())],
  ['round', operation([1, 2], round)],
  ['sqrt', costly(unary((x) => x.sqrt()))],
  ['cbrt', costly(unary((x) => x.cbrt()))],
  ['pow', costly(binary(pow))],
  ['exp', costly(unary(exp))],
  ['ln', costly(unary(log))],
  ['log', costly(operation([1, 2], log))],
  ['log10', costly(unary((x) => x.log(10)))],
  ['log2', costly(unary((x) => x.log(2)))],
  ['sin', unary(periodic(Math.sin))],
  ['cos', unary(periodic(Math.cos))],
  ['tan', unary(periodic(Math.tan))],
  ['asin', unary(inDoubles(Math.asin))],
  ['acos', unary(inDoubles(Math.acos))],
  ['atan', unary(inDoubles(Math.atan))],
  ['atan2', binary(inDoubles(Math.atan2))],
  ['sinh', unary(inDoubles(Math.sinh))],
  ['cosh', unary(inDoubles(Math.cosh))],
  ['tanh', unary(inDoubles(Math.tanh))],
  ['hypot', costly(many((...numbers) => sum(numbers.map((x) => x.times(x))).sqrt()))],
  ['min', many((...numbers) => numbers.reduce((x, y) => (y.lt(x) ? y : x)))],
  ['max', many((...numbers) => numbers.reduce((x, y) => (y.gt(x) ? y : x)))],
  ['sum', many((...numbers) => sum(numbers))],
  ['mean', many((...numbers) => sum(numbers).div(numbers.length))],
  ['mod', binary(mod)],
  ['gcd', costly(many(gcd))],
  ['lcm', costly(many(lcm))],
  ['factorial', costly(unary(factorial))],
  ['combinations', costly(binary(combinations))],
  ['permutations', costly(binary(permutations))],
])

function sum(numbers: BigNumber[]): BigNumber {
  return numbers.reduce((x, y) => x.plus(y))
}

function operation(
  [min, max]: [number, number],
  compute: (...args: never[]) => BigNumber,
): Operation {
  return { min, max, costly: false, compute: compute as Many }
}

function unary(compute: Unary): Operation {
  return operation([1, 1], compute)
}

function binary(compute: Binary): Operation {
  return operation([2, 2], compute)
}

function many(compute: Many): Operation {
  return operation([1, Number.POSITIVE_INFINITY], compute)
}

function costly(cheap: Operation): Operation {
  return { ...cheap, costly: true }
}
