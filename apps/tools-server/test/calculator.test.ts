import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startCpuClock } from '@tandem/testing'
import { startLastingServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startLastingServer()
})
afterAll(() => server.close())

const calculate = (expression: string) => server.result('calculator', { expression })

describe('computes', () => {
  test.each<[string, string, number | string]>([
    ['15 * 23', '= 345', 345],
    ['0.1 + 0.2', '= 0.3', 0.3],
    ['2^100', '= 1267650600228229401496703205376', '1267650600228229401496703205376'],
    ['2**10', '= 1024', 1024],
    ['-2^2', '= -4', -4],
    ['2^3^2', '= 512', 512],
    ['(1 + 2) * 3 - 4 / 5', '= 8.2', 8.2],
    [
      '12345678901234567890 * 98765432109876543210',
      '= 1219326311370217952237463801111263526900',
      '1219326311370217952237463801111263526900',
    ],
    ['1/3', '≈ 0.33333333333333333333', '0.33333333333333333333'],
    ['2/3*3', '= 2', 2],
    ['4.35 * 100', '= 435', 435],
    ['5%', '= 0.05', 0.05],
    ['200 + 5%', '= 210', 210],
    ['-7 % 3', '= 2', 2],
    ['10 mod 4', '= 2', 2],
    ['20!', '= 2432902008176640000', '2432902008176640000'],
    ['100!', '≈ 9.3326215443944152682e+157', '9.3326215443944152682e+157'],
    ['sqrt(16) + cbrt(27)', '= 7', 7],
    ['27^(1/3)', '= 3', 3],
    ['sin(30 deg)', '= 0.5', 0.5],
    ['sin(1000 pi)', '= 0', 0],
    ['cos(tau)', '= 1', 1],
    ['ln(e)', '= 1', 1],
    ['log10(1000) + log2(1024)', '= 13', 13],
    ['round(3.14159, 2)', '= 3.14', 3.14],
    ['round(-2.5)', '= -3', -3],
    ['max(1, 5, 3) - min(2, 4)', '= 3', 3],
    ['mean(1, 2, 3, 4)', '= 2.5', 2.5],
    ['hypot(3, 4)', '= 5', 5],
    ['gcd(12, 18, 27) + lcm(4, 6)', '= 15', 15],
    ['combinations(52, 5)', '= 2598960', 2598960],
    ['permutations(10, 3)', '= 720', 720],
    ['combinations(3, 5)', '= 0', 0],
    ['10^-400', '= 1e-400', '1e-400'],
    ['0x1F + 1', '= 32', 32],
    ['2 pi', '≈ 6.2831853071795864769', '6.2831853071795864769'],
    ['6 × 7 ÷ 2 − 1', '= 20', 20],
    ['1 +\n2', '= 3', 3],
    ['+5 - -5', '= 10', 10],
    ['0 * -1', '= 0', 0],
  ])('%j %s', async (expression, text, value) => {
    const result = await calculate(expression)
    const shown = expression.replaceAll(/\s+/g, ' ')
    expect(result.content).toBe(`${shown} ${text}`)
    expect(result.data).toEqual({ expression: shown, value })
    expect(result.error).toBeUndefined()
  })
})

describe('says what is wrong', () => {
  test.each([
    ['1/0', 'math_error', 'Division by zero.'],
    ['0/0', 'math_error', 'Division by zero.'],
    ['5 % 0', 'math_error', 'Division by zero.'],
    ['sqrt(-1)', 'math_error', 'sqrt(-1) is not a real number.'],
    ['ln(0)', 'math_error', 'ln(0) is not a real number.'],
    ['(-8)^(1/3)', 'math_error', '-8 ^ 0.3333333333 is not a real number.'],
    ['0^-1', 'math_error', '0 ^ -1 is not a real number.'],
    ['asin(2)', 'math_error', 'asin(2) is not a real number.'],
    ['tan(pi/2)', 'math_error', 'not a real number'],
    ['(1/2)!', 'math_error', 'whole numbers'],
    ['(-3)!', 'math_error', 'whole numbers'],
    ['gcd(2.5, 1)', 'math_error', 'whole numbers'],
    ['2 +', 'invalid_expression', 'Unexpected end'],
    ['(1', 'invalid_expression', 'Parenthesis'],
    ['1,234 + 1', 'invalid_expression', 'without thousands separators'],
    ['sin', 'invalid_expression', 'write sin(…)'],
    ['sin()', 'invalid_expression', 'sin takes 1 argument(s), not 0.'],
    ['5 cm', 'invalid_expression', "There is no 'cm'"],
    ['x + 1', 'invalid_expression', "There is no 'x'"],
    [' ', 'invalid_expression', 'numbers'],
  ])('%j', async (expression, code, words) => {
    const result = await calculate(expression)
    expect(result.error).toEqual({ code, retryable: false })
    expect(result.content).toContain(words)
  })
})

const hostile: string[] = [
  // what mathjs itself could be made to do
  'import("fs")',
  'import({a: 1})',
  'import(1)',
  'evaluate("1+1")',
  'eval(1)',
  'parse("1")',
  'parser()',
  'compile("1")',
  'simplify("x+x")',
  'derivative("x^2", "x")',
  'createUnit("foo")',
  'config({number: 1})',
  'chain(1)',
  'typed("f")',
  'reviver()',
  'help(sin)',
  'expr.toString()',
  'resolve(1)',
  'random()',
  'print("a", 1)',
  // the way to JavaScript
  'constructor',
  'constructor(1)',
  'sin.constructor("return process")()',
  'cos.constructor("return process.env")()',
  '(1).constructor',
  '1 .constructor.constructor("return 1")()',
  '__proto__',
  '__proto__(1)',
  'prototype',
  'toString()',
  'valueOf(1)',
  'hasOwnProperty(1)',
  '"a".constructor',
  'f={constructor: 1}',
  '[].map(f)',
  'process.exit(1)',
  'require(1)',
  'globalThis',
  'this',
  'window',
  'undefined',
  'Infinity',
  'NaN',
  'true',
  'null',
  // the rest of the language
  'a = 1',
  'f(x) = f(x); f(1)',
  'f(x) = f(x - 1) + f(x - 2)',
  'g(x)=g(g(x))',
  '1; 2',
  'a[1]',
  'a.b',
  '{"a": 1}',
  '[1, 2; 3, 4]',
  '[[1]]',
  '1:1e9',
  '1:2:3',
  '"text"',
  "'text'",
  '1 ? 2 : 3',
  '1 < 2',
  '1 == 1',
  'not 1',
  '1 and 2',
  '1 xor 2',
  '1 | 2',
  '1 << 2',
  '~1',
  "2'",
  '3 .* 4',
  '1 # comment',
  'end',
  '3 to 4',
  '3 in 4',
  '1i',
  'sqrt(4) i',
  'zeros(100000)',
  'ones(1e9)',
  'range(1, 1e9)',
  'identity(10000)',
  'bignumber(1)',
  // too much work
  '9**9**9',
  '9^9^9^9',
  '9^(9^(9^9))',
  '2^1e15',
  '1.1^1e12',
  '10^5001',
  '1e999999999999',
  '1e5000 * 10',
  '1e-5000 / 10',
  '99999!',
  '1e9!',
  '7!!',
  '1001!',
  '3!!!!',
  'factorial(factorial(20))',
  'combinations(1e9, 5e8)',
  'permutations(1e9, 1e8)',
  'exp(1e9)',
  'exp(exp(exp(10)))',
  'sin(1e4000)',
  'mod(1e4999, 7)',
  'gcd(1e4999, 3)',
  'round(1, 1e9)',
  'round(1, -1)',
  'pow(9, pow(9, 9))',
  '('.repeat(1000),
  `${'('.repeat(495)}1${')'.repeat(495)}`,
  `${'abs('.repeat(160)}1${')'.repeat(160)}`,
  `${'2^'.repeat(499)}2`,
  `1${'!'.repeat(999)}`,
  `${'999!+'.repeat(199)}1`,
  `${'log2(9)+'.repeat(124)}1`,
  `${'1?'.repeat(300)}1`,
  `${'not '.repeat(249)}1`,
  '\u0000',
  '١ + ١',
  '𝟏 + 𝟏',
]

describe('refuses', () => {
  test.each(hostile.map((expression) => [expression.slice(0, 60), expression]))(
    '%j',
    async (_, expression) => {
      const spent = startCpuClock()
      const result = await calculate(expression)
      // Far more than it takes, and far less than anything that got through would take.
      expect(spent()).toBeLessThan(2_000)
      expect(result.error?.code).toMatch(/^(invalid_expression|math_error|limit_exceeded)$/)
      expect(result.data).toBeUndefined()
      expect(result.content).not.toMatch(/node_modules|\n\s+at |\[object/)
    },
  )

  test('and leaves nothing behind', async () => {
    expect((await calculate('sqrt(4) + pi - pi')).content).toBe('sqrt(4) + pi - pi = 2')
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })
})

test.each([
  ['-'.repeat(999), '1'],
  ['2^.5+'.repeat(59), '1'],
  ['atan(9)+'.repeat(124), '1'],
  ['combinations(9999,999)+'.repeat(43), '1'],
  ['1.0000001^999999999+'.repeat(49), '1'],
  ['log(7,3)+'.repeat(58), '1'],
])('what is long but allowed ends soon: %s', async (start, end) => {
  const spent = startCpuClock()
  const result = await calculate(`${start}${end}`)
  expect(result.error).toBeUndefined()
  expect(spent()).toBeLessThan(2_000)
})
