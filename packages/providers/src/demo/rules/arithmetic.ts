import { evaluate, formatNumber } from '../arithmetic/evaluate.ts'
import { findExpression } from '../arithmetic/from-words.ts'
import { toFormula } from '../arithmetic/print.ts'
import { phrases } from '../data/phrases.ts'
import { say } from '../say.ts'
import type { Rule } from './rule.ts'

export const answerArithmetic: Rule = (clause, { previous }) => {
  const expression = findExpression(clause, previous)
  if (!expression) return undefined
  const value = evaluate(expression)
  const formula = toFormula(expression)
  if (!Number.isFinite(value)) return say(phrases.noValue, { formula })
  return say(phrases.sum, { formula, value: formatNumber(value) })
}
