/** What is exact only in whole numbers, computed with bigint. */
import { CalculationError } from './calculation-error.ts'
import { math, type BigNumber } from './mathjs.ts'

const maxFactorial = 1000
const maxChosen = 1000
const maxDigits = 1000

export function factorial(n: BigNumber): BigNumber {
  const top = toCount(n, 'a factorial')
  if (top > maxFactorial) {
    throw tooLarge(`Factorials are computed up to ${maxFactorial}!.`)
  }
  return fromBigInt(product(2n, BigInt(top)))
}

/** In how many orders k of n things can be taken. */
export function permutations(n: BigNumber, k: BigNumber): BigNumber {
  const [all, chosen] = [toCount(n, 'permutations'), toCount(k, 'permutations')]
  if (chosen > all) return math.bignumber(0)
  if (chosen > maxChosen) throw tooLarge(`At most ${maxChosen} things can be chosen.`)
  return fromBigInt(product(BigInt(all - chosen + 1), BigInt(all)))
}

/** In how many ways k of n things can be chosen. */
export function combinations(n: BigNumber, k: BigNumber): BigNumber {
  const [all, asked] = [toCount(n, 'combinations'), toCount(k, 'combinations')]
  if (asked > all) return math.bignumber(0)
  const chosen = Math.min(asked, all - asked)
  if (chosen > maxChosen) throw tooLarge(`At most ${maxChosen} things can be chosen.`)
  const orders = product(BigInt(all - chosen + 1), BigInt(all))
  return fromBigInt(orders / product(2n, BigInt(chosen)))
}

export function gcd(...numbers: BigNumber[]): BigNumber {
  return fromBigInt(numbers.map((number) => toBigInt(number, 'gcd')).reduce(gcdOf))
}

export function lcm(...numbers: BigNumber[]): BigNumber {
  return fromBigInt(
    numbers
      .map((number) => toBigInt(number, 'lcm'))
      .reduce((a, b) => (a === 0n || b === 0n ? 0n : abs(a * b) / gcdOf(a, b))),
  )
}

function gcdOf(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return abs(x)
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value
}

function product(from: bigint, to: bigint): bigint {
  let result = 1n
  for (let factor = from; factor <= to; factor += 1n) result *= factor
  return result
}

function toCount(value: BigNumber, what: string): number {
  const count = value.toNumber()
  if (Number.isSafeInteger(count) && count >= 0 && value.isInteger()) return count
  throw new CalculationError(
    'math_error',
    `The arguments of ${what} must be whole numbers from 0 on.`,
  )
}

function toBigInt(value: BigNumber, what: string): bigint {
  if (!value.isInteger()) {
    throw new CalculationError('math_error', `The arguments of ${what} must be whole numbers.`)
  }
  if (value.e >= maxDigits) throw tooLarge(`The arguments of ${what} may have ${maxDigits} digits.`)
  return BigInt(value.toFixed(0))
}

function fromBigInt(value: bigint): BigNumber {
  return math.bignumber(String(value))
}

function tooLarge(message: string): CalculationError {
  return new CalculationError('limit_exceeded', message)
}
