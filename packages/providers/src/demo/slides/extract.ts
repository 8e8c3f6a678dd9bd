/** Slides from material by plain rules: its own sentences, those that say most first. */
import { unpunctuated } from '../clauses.ts'
import type { Passage } from './prompt.ts'

export interface Sentence {
  text: string
  number?: number | undefined
  score: number
}

const shortest = 20
const longest = 400
const word = /[\p{L}\p{N}]{4,}/gu
const common = new Set(
  'about after also because been before being between both could does each from have into more most much only other over same should some such than that their them then there these they this those through under very were what when where which while will with would your'.split(
    ' ',
  ),
)

/** The sentences of the material in their order, each with what it says of what the whole is about. */
export function sentencesOf(passages: readonly Passage[]): Sentence[] {
  const sentences = passages.flatMap(({ number, text }) =>
    text
      .split(/(?<=[.!?。！？])\s+|\n+/)
      .map((each) => each.replaceAll(/\s+/g, ' ').trim())
      .filter((each) => each.length >= shortest && each.length <= longest)
      .map((each) => ({ text: each, number })),
  )
  const counts = new Map<string, number>()
  for (const { text } of sentences)
    for (const each of wordsOf(text)) counts.set(each, (counts.get(each) ?? 0) + 1)
  return sentences.map((sentence) => ({ ...sentence, score: scoreOf(sentence.text, counts) }))
}

function scoreOf(text: string, counts: ReadonlyMap<string, number>): number {
  const words = wordsOf(text)
  const sum = words.reduce((total, each) => total + (counts.get(each) ?? 0), 0)
  return sum / Math.sqrt(words.length + 1)
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(word) ?? []
  return [...new Set(words.filter((each) => !common.has(each)))]
}

export interface ExtractedSlide {
  title: string
  points: string[]
  sources: number[]
}

const pointsASlide = 3

/** So many slides, each from its own stretch of the material. */
export function extractSlides(sentences: readonly Sentence[], count: number): ExtractedSlide[] {
  const stretches = Math.max(1, Math.min(count, Math.floor(sentences.length / 2)))
  return Array.from({ length: stretches }, (_, at) => {
    const from = Math.floor((at * sentences.length) / stretches)
    const to = Math.floor(((at + 1) * sentences.length) / stretches)
    return toSlide(sentences.slice(from, to))
  })
}

/** The best sentence is the title; the next ones, in the order of the text, are the points. */
function toSlide(stretch: readonly Sentence[]): ExtractedSlide {
  const [best, ...others] = stretch.toSorted((a, b) => b.score - a.score)
  const chosen = others.slice(0, pointsASlide)
  const points = stretch.filter((each) => chosen.includes(each))
  const numbers = [best, ...points].flatMap((each) => each?.number ?? [])
  return {
    title: shortened(best?.text ?? '', 12),
    points: points.map(({ text }) => shortened(text, 12)),
    sources: [...new Set(numbers)].slice(0, 3),
  }
}

/** At most so many words: whole clauses where there are any that fit. */
export function shortened(text: string, words: number): string {
  const plain = unpunctuated(text)
  if (plain.split(' ').length <= words) return plain
  const clauses = [
    ...plain.matchAll(/[,;:]\s|\s[–—(]|\s(?:and|but|because|which|while|when|where|so)\s/gu),
  ]
  const fitting = clauses
    .map(({ index }) => plain.slice(0, index))
    .filter((head) => head.split(' ').length >= 4 && head.split(' ').length <= words)
  return fitting.at(-1) ?? `${plain.split(' ').slice(0, words).join(' ')}…`
}
