/** Whether a deck says what it was to say, and on as many slides. */
import type { Slide } from '@tandem/schemas'
import { isFound, numbersIn, quantitiesIn } from './numbers.ts'
import type { Fault } from './rules.ts'
import { textsOf } from './slide-text.ts'

export function lintCount(count: number, wanted: number | undefined): Fault[] {
  if (wanted === undefined || count >= wanted) return []
  const message = `${wanted} slides were asked for; there is enough to say for ${count}. Give more material for more.`
  return [{ rule: 'slides_fewer', message }]
}

/** A longer text is meant to be summed up, not to be said. */
const mostSentences = 40
/** Of a sentence's words, those that have to be said: it may be put in other words. */
const leastShare = 0.34

/** Sentences of a short material that neither a slide nor its notes say. */
export function lintMaterial(slides: readonly Slide[], material: readonly string[]): Fault[] {
  const sentences = material.flatMap(sentencesOf)
  if (sentences.length === 0 || sentences.length > mostSentences) return []
  const said = slides.flatMap((slide) => [...textsOf(slide), slide.notes ?? '']).join('\n')
  const known = { words: wordsOf(said), numbers: numbersIn(said) }
  const unsaid = sentences.filter((sentence) => !isSaid(sentence, known))
  const [first] = unsaid
  // Where none is found, the slides are in another language.
  if (first === undefined || unsaid.length === sentences.length) return []
  const quoted = `“${first.slice(0, 80)}${first.length > 80 ? '…' : ''}”`
  const message = `${unsaid.length} of the material’s ${sentences.length} sentences are on no slide; the first: ${quoted}.`
  return [{ rule: 'material_unused', message }]
}

function isSaid(
  sentence: string,
  { words, numbers }: { words: ReadonlySet<string>; numbers: ReadonlySet<number> },
): boolean {
  const quantities = quantitiesIn(sentence)
  if (quantities.some((quantity) => isFound(quantity, numbers))) return true
  const own = [...wordsOf(sentence)]
  return own.filter((word) => words.has(word)).length >= own.length * leastShare
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|(?<=[。！？])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => wordsOf(sentence).size >= 2)
}

const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{2}|[\p{L}]{4,}/gu

/** Stems, crudely. */
function wordsOf(text: string): ReadonlySet<string> {
  return new Set((text.toLowerCase().match(word) ?? []).map((each) => each.slice(0, 6)))
}
