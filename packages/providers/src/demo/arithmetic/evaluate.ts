import type { BinaryOperator, Expression } from './expression.ts'
import { constants, functions } from './functions.ts'

/** The value; infinite or NaN where there is none (a division by zero, the root of a negative number). */
export function evaluate(expression: Expression): number {
  switch (expression.kind) {
    case 'number':
      return expression.value
    case 'constant':
      return constants[expression.name] ?? Number.NaN
    case 'negation':
      return -evaluate(expression.operand)
    case 'factorial':
      return factorial(evaluate(expression.operand))
    case 'percentage':
      return evaluate(expression.operand) / 100
    case 'call':
      return functions[expression.name]?.evaluate(evaluate(expression.argument)) ?? Number.NaN
    case 'binary':
      return operate[expression.operator](evaluate(expression.left), evaluate(expression.right))
  }
}

const operate: Record<BinaryOperator, (left: number, right: number) => number> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => ((left % right) + right) % right,
  '^': (left, right) => left ** right,
}

function factorial(value: number): number {
  if (!Number.isInteger(value) || value < 0) return Number.NaN
  if (value > 170) return Number.POSITIVE_INFINITY
  let product = 1
  for (let factor = 2; factor <= value; factor++) product *= factor
  return product
}

/** Without the noise of binary fractions: 0.1 + 0.2 is 0.3. */
export function formatNumber(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(12)))
}
