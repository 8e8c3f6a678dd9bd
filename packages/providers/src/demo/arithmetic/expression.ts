import { constants, functions } from './functions.ts'

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^'

export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'constant'; name: string }
  | { kind: 'negation'; operand: Expression }
  | { kind: 'factorial'; operand: Expression }
  | { kind: 'percentage'; operand: Expression }
  | { kind: 'call'; name: string; argument: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }

/**
 * Reads arithmetic by recursive descent, one function a level of precedence:
 * `sum > product > unary > power > postfix > primary`. Undefined where the text is something else.
 */
export function parseExpression(text: string): Expression | undefined {
  const tokens = text.match(/\d+(?:\.\d+)?|\.\d+|[a-z]+|\S/gi) ?? []
  let at = 0
  let valid = true

  const accept = (...choices: string[]): string | undefined => {
    const token = tokens[at]
    if (token === undefined || !choices.includes(token)) return undefined
    at++
    return token
  }
  const fail = (): Expression => {
    valid = false
    return { kind: 'number', value: Number.NaN }
  }

  /** Operators of one level, from left to right. */
  const level = (operators: BinaryOperator[], operand: () => Expression) => (): Expression => {
    let left = operand()
    for (;;) {
      const operator = accept(...operators) as BinaryOperator | undefined
      if (!operator) return left
      left = { kind: 'binary', operator, left, right: operand() }
    }
  }

  const sum = level(
    ['+', '-'],
    level(['*', '/', '%'], () => unary()),
  )

  const unary = (): Expression => {
    if (accept('-')) return { kind: 'negation', operand: unary() }
    if (accept('+')) return unary()
    return power()
  }

  const power = (): Expression => {
    const left = postfix()
    return accept('^') ? { kind: 'binary', operator: '^', left, right: unary() } : left
  }

  const postfix = (): Expression => {
    let operand = primary()
    for (;;) {
      if (accept('!')) operand = { kind: 'factorial', operand }
      else if (!startsOperand(tokens[at + 1]) && accept('%')) {
        operand = { kind: 'percentage', operand }
      } else return operand
    }
  }

  const primary = (): Expression => {
    const token = tokens[at++] ?? ''
    if (/^[\d.]*\d$/.test(token)) return { kind: 'number', value: Number(token) }
    if (Object.hasOwn(constants, token)) return { kind: 'constant', name: token }
    if (Object.hasOwn(functions, token)) return { kind: 'call', name: token, argument: argument() }
    if (token !== '(') return fail()
    const inner = sum()
    return accept(')') ? inner : fail()
  }

  /** `sqrt -4` is the root of -4. */
  const argument = (): Expression => (tokens[at] === '-' ? unary() : primary())

  const whole = sum()
  return valid && at === tokens.length ? whole : undefined
}

/** Tells `7 % 3`, a remainder, from `7%`, a percentage. */
function startsOperand(token: string | undefined): boolean {
  return token !== undefined && /^[\w(.]/.test(token)
}
