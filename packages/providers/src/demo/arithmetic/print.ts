import type { BinaryOperator, Expression } from './expression.ts'
import { functions } from './functions.ts'

/** How a language writes what differs between languages. */
interface Dialect {
  power: string
  constant(name: string): string
  call(name: string, argument: string): string
  /** The operand bare, and in parentheses where it needs them. */
  factorial(operand: string, grouped: string): string
}

const calculator: Dialect = {
  power: '^',
  constant: (name) => name,
  call: (name, argument) => `${functions[name]?.calculator ?? name}(${argument})`,
  factorial: (_operand, grouped) => `${grouped}!`,
}

const python: Dialect = {
  power: '**',
  constant: (name) => `math.${name}`,
  call: (name, argument) => `${functions[name]?.python ?? name}(${argument})`,
  factorial: (operand) => `math.factorial(${operand})`,
}

/** As people and calculators write it: `2 ^ 3 + sqrt(4)`. */
export const toFormula = (expression: Expression): string => print(expression, calculator)

/** As Python writes it; needs `import math` where `math.` is in it. */
export const toPython = (expression: Expression): string => print(expression, python)

const strength: Record<BinaryOperator, number> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 4 }

function strengthOf(expression: Expression): number {
  if (expression.kind === 'binary') return strength[expression.operator]
  if (expression.kind === 'percentage') return 2
  return expression.kind === 'negation' ? 3 : 5
}

function print(expression: Expression, dialect: Dialect): string {
  /** In parentheses where it binds less than its place demands. */
  const inside = (inner: Expression, least: number): string => {
    const text = print(inner, dialect)
    return strengthOf(inner) < least ? `(${text})` : text
  }
  switch (expression.kind) {
    case 'number':
      return String(expression.value)
    case 'constant':
      return dialect.constant(expression.name)
    case 'negation':
      return `-${inside(expression.operand, 3)}`
    case 'factorial':
      return dialect.factorial(print(expression.operand, dialect), inside(expression.operand, 5))
    case 'percentage':
      return `${inside(expression.operand, 5)} / 100`
    case 'call':
      return dialect.call(expression.name, print(expression.argument, dialect))
    case 'binary': {
      const own = strength[expression.operator]
      const isPower = expression.operator === '^'
      const operator = isPower ? dialect.power : expression.operator
      const left = inside(expression.left, isPower ? 5 : own)
      return `${left} ${operator} ${inside(expression.right, isPower ? 3 : own + 1)}`
    }
  }
}
