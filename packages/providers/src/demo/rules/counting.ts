import { withDigits } from '../arithmetic/number-words.ts'
import type { Rule } from './rule.ts'

const mostNumbers = 2000
const upOrDown = String.raw`(?: me)?(?: (?:up|down|backwards?|forwards?|slowly))*`
const counting = new RegExp(
  String.raw`\bcount${upOrDown}(?: from (-?\d+))?${upOrDown}(?: (?:to|until|till) (-?\d+))?`,
)
const listing = /\b(?:numbers|integers)(?: from)? (-?\d+) (?:to|through|-) (-?\d+)/
const calculation = /\b(?:sum|average|mean|product|add|prime|random)/

/** "Count to 10", "count down from 5", "the numbers from 1 to 9". */
export const answerCounting: Rule = (clause) => {
  const text = withDigits(clause.toLowerCase())
  if (calculation.test(text)) return undefined
  const match = counting.exec(text) ?? listing.exec(text)
  const [, first, last] = match ?? []
  if (first === undefined && last === undefined) return undefined
  const isDown = /\b(?:down|backwards?)\b/.test(text)
  return toNumbers(...ends(first, last, isDown)).join(/\bper line\b/.test(text) ? '\n' : ', ')
}

/** "Count down to 3" starts at 10, "count down from 5" stops at 1. */
function ends(
  first: string | undefined,
  last: string | undefined,
  isDown: boolean,
): [from: number, to: number] {
  const from = Number(first ?? (isDown ? 10 : 1))
  const to = Number(last ?? (isDown ? 1 : from + 9))
  // "Count backwards to 10" can only mean: from 10.
  return isDown && from < to ? [to, from] : [from, to]
}

function toNumbers(from: number, to: number): number[] {
  const step = from <= to ? 1 : -1
  const length = Math.min(Math.abs(to - from) + 1, mostNumbers)
  return Array.from({ length }, (_, index) => from + index * step)
}
