import { describe, expect, it } from '@jest/globals'
import { evaluate, formatNumber } from './evaluate.ts'
import { parseExpression } from './expression.ts'
import { findExpression } from './from-words.ts'
import { withDigits } from './number-words.ts'
import { toFormula, toPython } from './print.ts'

function valueOf(text: string, previous = ''): string | undefined {
  const expression = findExpression(text, previous)
  return expression && formatNumber(evaluate(expression))
}

describe('formulas', () => {
  it.each([
    ['2 + 3 * 4', '14'],
    ['(2 + 3) * 4', '20'],
    ['10 - 4 - 3', '3'],
    ['100 / 10 / 5', '2'],
    ['2 ^ 3 ^ 2', '512'],
    ['-2 ^ 2', '-4'],
    ['(-2) ^ 2', '4'],
    ['2 ** -1', '0.5'],
    ['7 % 3', '1'],
    ['-7 % 3', '2'],
    ['50% * 8', '4'],
    ['5!', '120'],
    ['sqrt(16) + abs(-3)', '7'],
    ['0.1 + 0.2', '0.3'],
    ['2 * pi', '6.28318530718'],
    ['1,000 + 1', '1001'],
    ['15 × 23', '345'],
    ['6x7', '42'],
    ['9007199254740991 + 0', '9007199254740991'],
    ['171!', 'Infinity'],
    ['1 / 0', 'Infinity'],
  ])('%s = %s', (formula, value) => {
    expect(valueOf(formula)).toBe(value)
  })

  it.each(['', '2 +', '(1 + 2', '1 2', '2 + apple', '+', '1 + )', 'x ^ 2', '((((', 'sqrt'])(
    '%j is none',
    (text) => {
      expect(parseExpression(text)).toBeUndefined()
    },
  )
})

describe('words', () => {
  it.each([
    ['what is 15 * 23?', '345'],
    ['Calculate 12% of 80.', '9.6'],
    ['add 2, 3 and 4', '9'],
    ['add 2 to 3', '5'],
    ['subtract 3 from ten', '7'],
    ['multiply 6 by 7', '42'],
    ['divide 10 by 4', '2.5'],
    ['what is the sum of 10 and 20?', '30'],
    ['the average of 2, 4 and 6', '4'],
    ['difference between 10 and 4', '6'],
    ['square root of 144', '12'],
    ['the cube root of 27', '3'],
    ['5 squared plus 2 cubed', '33'],
    ['2 to the power of 10', '1024'],
    ['2 to the 8th power', '256'],
    ['half of ten', '5'],
    ['seven times eight', '56'],
    ['two hundred and five plus twenty-three', '228'],
    ['factorial of 5', '120'],
    ['20 divided by 4 minus 1', '4'],
    ['17 mod 5', '2'],
    ['What is 15 * 23? Use Python.', '345'],
  ])('%j gives %s', (words, value) => {
    expect(valueOf(words)).toBe(value)
  })

  it.each([
    'What time is it?',
    'what is 5?',
    'I have 3 apples + 2 pears',
    'what happened on 12/05/2024?',
    '2024-05-01',
    'hello',
    'call me at 555-1234 please, Bob',
  ])('%j is no calculation', (words) => {
    expect(findExpression(words)).toBeUndefined()
  })

  it('"it" is the number that was found last', () => {
    expect(valueOf('multiply it by 2', 'The answer is 345.')).toBe('690')
    expect(valueOf('10% of that', 'It has 68,000,000 inhabitants [1].')).toBe('6800000')
    expect(valueOf('add 5', '12')).toBe('17')
    expect(findExpression('multiply it by 2')).toBeUndefined()
  })

  it('numbers are read in words', () => {
    expect(withDigits('one thousand two hundred and thirty-four and five')).toBe('1234 and 5')
    expect(withDigits('three million')).toBe('3000000')
    expect(withDigits('someone often')).toBe('someone often')
  })
})

describe('printing', () => {
  it.each([
    ['2+3*4', '2 + 3 * 4', '2 + 3 * 4'],
    ['(2+3)*4', '(2 + 3) * 4', '(2 + 3) * 4'],
    ['10-(4-5)', '10 - (4 - 5)', '10 - (4 - 5)'],
    ['(2^3)^2', '(2 ^ 3) ^ 2', '(2 ** 3) ** 2'],
    ['2^-(1+2)', '2 ^ -(1 + 2)', '2 ** -(1 + 2)'],
    ['sqrt(16)+ln(2)', 'sqrt(16) + log(2)', 'math.sqrt(16) + math.log(2)'],
    ['(2+1)!', '(2 + 1)!', 'math.factorial(2 + 1)'],
    ['8/50%', '8 / (50 / 100)', '8 / (50 / 100)'],
    ['pi', 'pi', 'math.pi'],
  ])('%s', (text, formula, python) => {
    const expression = parseExpression(text)!
    expect(toFormula(expression)).toBe(formula)
    expect(toPython(expression)).toBe(python)
  })
})
