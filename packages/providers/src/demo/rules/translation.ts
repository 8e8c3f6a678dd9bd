import { capitalised, unpunctuated } from '../clauses.ts'
import { languages, phrasebook } from '../data/phrasebook.ts'
import { phrases } from '../data/phrases.ts'
import { say } from '../say.ts'
import type { Rule } from './rule.ts'

const known = languages.join('|')
const patterns = [
  /\btranslate (?:this |the following |it )?(?:in|into|to) (?<language>\p{L}+)\s*:\s*(?<text>.+)/iu,
  /\btranslate (?:the (?:word|phrase|sentence) )?(?<text>.+?) (?:from \p{L}+ )?(?:in|into|to) (?<language>\p{L}+)\W*$/iu,
  new RegExp(
    `\\b(?:say|what is|what['’]?s)(?: the word)? (?<text>.+?) in (?<language>${known})\\b`,
    'i',
  ),
]

/** A few words of a few languages. */
export const translate: Rule = (clause) => {
  const found = patterns.map((pattern) => pattern.exec(clause)?.groups).find(Boolean)
  if (!found) return undefined
  const language = (found['language'] ?? '').toLowerCase()
  const text = unpunctuated(
    (found['text'] ?? '').replaceAll(/["“”'‘’](?=\W|$)|(?<=\W|^)["“”'‘’]/g, ''),
  )
  const column = languages.findIndex((name) => name === language)
  if (column === -1) {
    return say(phrases.languages, { languages: languages.map(capitalised).join(', ') })
  }
  const values = { text, language: capitalised(language) }
  const translation = phrasebook.get(text.toLowerCase())?.[column]
  return translation
    ? say(phrases.translated, { ...values, translation })
    : say(phrases.notTranslated, values)
}
