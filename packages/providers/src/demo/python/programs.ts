import { evaluate } from '../arithmetic/evaluate.ts'
import { findExpression } from '../arithmetic/from-words.ts'
import { withDigits } from '../arithmetic/number-words.ts'
import { toPython } from '../arithmetic/print.ts'
import { fibonacci, isPrime, primes } from './definitions.ts'
import { numbersIn } from './numbers.ts'
import { writePlot } from './plots.ts'

/** A kind of program: how it is asked for (in small letters, numbers as digits) and how it is written. */
interface Program {
  asked: RegExp
  /** Undefined where something that it needs is not in the request. */
  write(match: RegExpExecArray, text: string): string | undefined
}

const nth = String.raw`(\d+)(?:st|nd|rd|th)`

const programs: readonly Program[] = [
  {
    asked: new RegExp(`${nth}[ -]fibonacci|fibonacci(?: number| of)*\\D{1,12}(\\d+)(?! numbers)`),
    write: ([, before, after]) => `${fibonacci}print(fibonacci(${before ?? after}))`,
  },
  {
    asked: /(?:first )?(\d+) fibonacci/,
    write: ([, count]) =>
      `${fibonacci}print([fibonacci(n) for n in range(1, ${Number(count) + 1})])`,
  },
  {
    asked: new RegExp(`${nth} prime`),
    write: ([, n]) => `${primes}print(next(islice(primes(), ${Number(n) - 1}, None)))`,
  },
  {
    asked: /first (\d+) prime/,
    write: ([, count]) => `${primes}print(list(islice(primes(), ${count})))`,
  },
  {
    asked: /\bis (\d+) (?:a )?prime/,
    write: ([, n]) => `${isPrime}print(is_prime(${n}))`,
  },
  {
    asked: /primes?\b.*?\b(?:up to|below|under|less than|smaller than|between 1 and) (\d+)/,
    write: ([match, n]) =>
      `${isPrime}print([n for n in range(2, ${/up to|between/.test(match) ? `${n} + 1` : n}) if is_prime(n)])`,
  },
  {
    asked: /factorial\D{0,20}?(\d+)|(\d+)(?:!|\s+factorial)/,
    write: ([, after, before]) => `import math\n\nprint(math.factorial(${after ?? before}))`,
  },
  {
    asked: /(?:sum|add)\b.*?\b(?:from )?(\d+) (?:to|through) (\d+)/,
    write: ([, from, to]) => `print(sum(range(${from}, ${to} + 1)))`,
  },
  {
    asked: /sum of the first (\d+)/,
    write: ([, count]) => `print(sum(range(1, ${count} + 1)))`,
  },
  {
    asked: /\b(?:gcd|greatest common (?:divisor|factor)|lcm|least common multiple)\b/,
    write: ([name], text) =>
      withNumbers(text, (numbers) => {
        const called = /gcd|greatest/.test(name) ? 'gcd' : 'lcm'
        return `import math\n\nprint(math.${called}(${numbers.join(', ')}))`
      }),
  },
  {
    asked: /\b(?:mean|average|median|standard deviation|variance)\b/,
    write: ([name], text) =>
      withNumbers(text, (numbers) => {
        const called = statistics[name] ?? 'mean'
        return `import statistics\n\nprint(statistics.${called}([${numbers.join(', ')}]))`
      }),
  },
  {
    asked: /\b(?:plot|chart|graph|histogram|draw)\b/,
    write: ([kind], text) => writePlot(kind, text),
  },
  {
    asked: /\b(?:sum|sort|sorted|max|maximum|largest|min|minimum|smallest)\b/,
    write: ([name], text) =>
      withNumbers(text, (numbers) => `print(${builtins[name] ?? name}([${numbers.join(', ')}]))`),
  },
  {
    asked: /\bhello,? world\b/,
    write: () => `print("Hello, world!")`,
  },
]

/** A Python program that does and prints what a clause asks for; undefined where we cannot write it. */
export function writeProgram(clause: string, previous = ''): string | undefined {
  const text = withDigits(clause.toLowerCase().replaceAll(/(?<=\d),(?=\d{3}\b)/g, ''))
  for (const { asked, write } of programs) {
    const match = asked.exec(text)
    const code = match && write(match, text)
    if (code) return code
  }
  return formulaProgram(clause, previous)
}

function formulaProgram(clause: string, previous: string): string | undefined {
  const expression = findExpression(clause, previous)
  if (!expression || Number.isNaN(evaluate(expression))) return undefined
  const formula = toPython(expression)
  return `${formula.includes('math.') ? 'import math\n\n' : ''}print(${formula})`
}

function withNumbers(text: string, write: (numbers: string[]) => string): string | undefined {
  const numbers = numbersIn(text)
  return numbers.length > 1 ? write(numbers) : undefined
}

const statistics: Readonly<Record<string, string>> = {
  median: 'median',
  variance: 'variance',
  'standard deviation': 'stdev',
}

const builtins: Readonly<Record<string, string>> = {
  sort: 'sorted',
  maximum: 'max',
  largest: 'max',
  minimum: 'min',
  smallest: 'min',
}
