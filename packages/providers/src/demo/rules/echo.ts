import { unpunctuated } from '../clauses.ts'
import { requests } from '../requests.ts'
import type { Rule } from './rule.ts'

const polite = String.raw`^(?:please[ ,]+|(?:can|could|would) you (?:please )?|now |just |simply )*`
const quoted = String.raw`["“']([^"”]+?)["”'](?=[\s.!?]*$|[,.]?\s+(?:and nothing|in (?:all )?(?:upper|lower)|only|verbatim|exactly|in your))`
const exactly = String.raw`(?:\s+(?:after me|the following|exactly|only|just|nothing but|back|this|(?:the |one |a )?(?:single )?(?:words?|text|phrase|sentence|string)))*`
const style =
  /[,.]?\s+(?:in (?:all )?(?:upper|lower) ?case(?: letters)?|in (?:one|a single) word|and nothing else|only|verbatim)[.!]?$/i

const repeat = new RegExp(String.raw`${polite}(?:repeat|echo)${exactly}\s*(?::|\s)\s*(\S.*)$`, 'is')
const sayQuoted = new RegExp(
  String.raw`${polite}(?:say|repeat|echo|write|print|output|return|(?:reply|respond|answer) (?:only |just )?with)${exactly}\s*:?\s*${quoted}`,
  'is',
)
const sayAfterColon = new RegExp(
  String.raw`${polite}(?:say|write|print|output|return|(?:reply|respond|answer) (?:only |just )?with)${exactly}\s*:\s*(\S.*)$`,
  'is',
)
const sayWords = new RegExp(
  String.raw`${polite}(?:say|(?:reply|respond|answer) (?:only |just )?with)${exactly}\s+(?!(?:an?|the|only|just|something|anything|json|yes or|your|that again|it again)\b)(\S.*)$`,
  'is',
)

/** "Repeat after me: …" and what is quoted or follows a colon: these words go back as they came. */
export const echoMessage: Rule = (message) =>
  requests.python.test(message) ? undefined : exactWords(message)

/** "Say hello", which may be one wish of several. */
export const echoClause: Rule = (clause) => {
  const words = exactWords(clause) ?? sayWords.exec(clause)?.[1]
  return words === undefined ? undefined : unpunctuated(withoutQuotes(words.replace(style, '')))
}

function exactWords(text: string): string | undefined {
  const words = [sayQuoted, repeat, sayAfterColon].map((form) => form.exec(text)?.[1]).find(Boolean)
  return words && withoutQuotes(words.replace(style, '').trim())
}

function withoutQuotes(text: string): string {
  return /^(["“'])([^"”]+)["”'][.!]?$/.exec(text)?.[2] ?? text
}
