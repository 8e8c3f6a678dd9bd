import { parseExpression, type Expression } from './expression.ts'
import { withDigits } from './number-words.ts'

/** One thing that is said in words and how it is written in symbols; a list's function gets the whole list. */
type Rewriting = readonly [RegExp, string | ((...groups: string[]) => string)]

const list = String.raw`(?:the )?(?:numbers? )?(-?[\d.]+(?:(?:\s*,\s*(?:and\s+)?|\s+(?:and|to|with|by|plus)\s+)-?[\d.]+)+)`
const numbersIn = (text: string): string[] => text.match(/-?\d+(?:\.\d+)?/g) ?? []
const joined = (text: string, operator: string): string =>
  `(${numbersIn(text).join(` ${operator} `)})`

/** In the order in which they apply, on small letters and digits. */
const rewritings: readonly Rewriting[] = [
  [/(?<=\d),(?=\d{3}\b)/g, ''],
  [/[×·]/g, '*'],
  [/÷/g, '/'],
  [/[−–]/g, '-'],
  [/\*\*/g, '^'],
  [/(?<=\d)\s*x\s*(?=\d)/g, ' * '],
  [/\b(?:subtract|take(?: away)?|deduct) (.+?) from (.+)/, '($2) - ($1)'],
  [/\b(?:difference) (?:between|of) (.+?) and (.+)/, '($1) - ($2)'],
  [new RegExp(`\\b(?:add|sum(?: up)?|(?:sum|total) of) ${list}`), (_, all) => joined(all, '+')],
  [new RegExp(`\\b(?:multiply|product of) ${list}`), (_, all) => joined(all, '*')],
  [
    new RegExp(`\\b(?:average|mean)(?: of)? ${list}`),
    (_, all) => `${joined(all, '+')} / ${numbersIn(all).length}`,
  ],
  [/\badd (.+?) (?:to|and|with) (.+)/, '($2) + ($1)'],
  [/\bmultiply (.+?) (?:by|with|and) (.+)/, '($1) * ($2)'],
  [/\b(?:divide|quotient of) (.+?) (?:by|and) (.+)/, '($1) / ($2)'],
  [/\bcube root(?: of)?/g, 'cbrt'],
  [/\b(?:square root(?: of)?|root of)/g, 'sqrt'],
  [/√/g, 'sqrt '],
  [/\babsolute value of/g, 'abs'],
  [/\bsquare(?: of)? (-?[\d.]+)/g, '($1) ^ 2'],
  [/\bcube(?: of)? (-?[\d.]+)/g, '($1) ^ 3'],
  [/\bsquared\b/g, '^ 2'],
  [/\bcubed\b/g, '^ 3'],
  [/\b(?:raised )?to the power(?: of)?|\braised to/g, '^'],
  [/\bto the (\d+)(?:st|nd|rd|th)(?: power)?/g, '^ $1'],
  [/\bfactorial(?: of)? (\d+)/g, '$1!'],
  [/(?<=\d) factorial/g, '!'],
  [/(?:%| percent) of\b/g, ' / 100 *'],
  [/ percent\b/g, '%'],
  [/\bhalf(?: of)? /g, '1 / 2 * '],
  [/\b(?:double|twice)(?: of)? /g, '2 * '],
  [/\btriple(?: of)? /g, '3 * '],
  [/\bplus\b/g, '+'],
  [/\b(?:minus|less)\b/g, '-'],
  [/\b(?:times|multiplied (?:by|with))\b/g, '*'],
  [/\b(?:divided by|over)\b/g, '/'],
  [/\b(?:mod|modulo|modulus)\b/g, '%'],
]

/** What may stand around a calculation without changing it. */
const filler =
  /\b(?:what(?:['’]s| is| does| are)?|how much(?: is| are)?|calculate|compute|evaluate|solve|work out|find|tell me|give me|show me|print|please|can you|could you|the (?:result|value|answer)(?: of)?|the|of|then|and(?= )|now|also|so|ok|okay|hey|equals?|result|(?:use|using|with|in|via|run) (?:the |your |a )?(?:python|calculator|code)(?: tool)?|tool|function|for me|to)\b|[?=:,"'`]|\.(?=\s|$)/g

/** The calculation that a text asks for; undefined where it asks for something else as well. */
export function findExpression(text: string, previous = ''): Expression | undefined {
  const lower = withDigits(text.toLowerCase())
  if (/\b\d{4}-\d\d-\d\d\b|\b\d\d?\/\d\d?\/\d{2,4}\b/.test(lower)) return undefined
  const written = rewritings.reduce(
    (line, [pattern, symbols]) => line.replace(pattern, symbols as string),
    withReferent(lower, previous),
  )
  const expression = parseExpression(written.replaceAll(filler, ' '))
  return expression?.kind === 'number' || expression?.kind === 'constant' ? undefined : expression
}

/** Puts the number that was found last (a citation like [1] is none) in the place of "it" and "that", also where it is only meant ("add 5"). */
function withReferent(text: string, previous: string): string {
  const number = numbersIn(previous.replaceAll(/\[\d+\]|(?<=\d),(?=\d{3}\b)/g, '')).at(-1)
  if (number === undefined) return text
  return text
    .replaceAll(
      /\b(?:it|that|this|(?:the|this|that|your)(?: previous| last)? (?:result|answer|sum|product|number|total))\b(?! of)/g,
      number,
    )
    .replace(/\b(multiply|divide) by\b/, `$1 ${number} by`)
    .replace(/\badd (-?[\d.]*\d)(?=\W*$)/, `add $1 to ${number}`)
    .replace(/\bsubtract (-?[\d.]*\d)(?=\W*$)/, `subtract $1 from ${number}`)
}
