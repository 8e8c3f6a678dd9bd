/** How texts and queries become the words that are searched. FTS5 stems them and takes accents away. */
import { stopWords } from './stop-words.ts'

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+/gu
const word = /[\p{L}\p{N}\p{M}]+/gu

/** Scripts without spaces as pairs of characters, and the parts of names such as getUserName beside the whole. */
export function toIndexText(text: string): string {
  const spaced = text.replace(wide, (run) => ` ${pairs(run).join(' ')} `)
  const parts = [...spaced.matchAll(/\b\p{L}\p{Ll}+(?:\p{Lu}\p{Ll}+)+\b/gu)].flatMap(([name]) =>
    splitName(name),
  )
  return parts.length === 0 ? spaced : `${spaced} ${parts.join(' ')}`
}

function pairs(run: string): string[] {
  const characters = Array.from(run)
  if (characters.length < 2) return characters
  return characters.slice(1).map((character, at) => `${characters[at] ?? ''}${character}`)
}

function splitName(name: string): string[] {
  return name.split(/(?<=\p{Ll})(?=\p{Lu})/u)
}

/** The words of a text that say something, each once, in order; all of them where none does. */
export function tellingWords(text: string): string[] {
  const words = [...toIndexText(text).matchAll(word)].map(([found]) => found.toLowerCase())
  const distinct = [...new Set(words)]
  const telling = distinct.filter((each) => !stopWords.has(each))
  return telling.length > 0 ? telling : distinct
}

/** Longer queries are texts; their first words say what they are about. */
const maxWords = 64

export function toQueryWords(query: string): string[] {
  return tellingWords(query).slice(0, maxWords)
}

/** The FTS5 expression for any of the words. Undefined where there are no words. */
export function toMatch(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.map(quote).join(' OR ')
}

/** No operator, and no end of the string: FTS5 takes two quotes for one. */
function quote(word: string): string {
  return `"${word.replaceAll('"', '""')}"`
}
