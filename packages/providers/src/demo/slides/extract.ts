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
  layout: 'bullets' | 'big_number'
  points: string[]
  sources: number[]
}

const pointsASlide = 3
/** What a title or a point may have without being cut. */
const words = 16

/** So many slides, each from its own stretch of the material; fewer where a slide would have only a title. */
export function extractSlides(sentences: readonly Sentence[], count: number): ExtractedSlide[] {
  const stretches = Math.max(1, Math.min(count, sentences.length))
  const parts = Array.from({ length: stretches }, (_, at) => {
    const from = Math.floor((at * sentences.length) / stretches)
    const to = Math.floor(((at + 1) * sentences.length) / stretches)
    return sentences.slice(from, to)
  })
  return withoutBare(parts).map(toSlide)
}

/** A sentence alone fills a slide where it has a number to show; others go to the slide before them, or behind. */
function withoutBare(stretches: readonly (readonly Sentence[])[]): (readonly Sentence[])[] {
  const merged: (readonly Sentence[])[] = []
  for (const stretch of stretches) {
    const before = merged.at(-1)
    const joins = before && (isBare(stretch) ? before.length <= pointsASlide : isBare(before))
    if (joins) merged[merged.length - 1] = [...before, ...stretch]
    else merged.push(stretch)
  }
  return merged
}

function isBare([first, second]: readonly Sentence[]): boolean {
  return second === undefined && (first === undefined || figureIn(first.text) === undefined)
}

/** The best sentence is the title; the next ones, in the order of the text, are the points. */
function toSlide(stretch: readonly Sentence[]): ExtractedSlide {
  const ranked = stretch.toSorted((a, b) => b.score - a.score)
  const best = ranked.find(({ text }) => wordCount(shortened(text, words)) <= words) ?? ranked[0]
  const chosen = ranked.filter((each) => each !== best).slice(0, pointsASlide)
  const points = stretch.filter((each) => chosen.includes(each))
  const numbers = [best, ...points].flatMap((each) => each?.number ?? [])
  const alone = points.length === 0 && best ? [unpunctuated(best.text)] : []
  return {
    title: shortened(best?.text ?? '', words),
    layout: alone.length > 0 && figureIn(alone.join()) ? 'big_number' : 'bullets',
    points: [...alone, ...points.map(({ text }) => shortened(text, words))],
    sources: [...new Set(numbers)].slice(0, 3),
  }
}

function wordCount(text: string): number {
  return text.split(' ').length
}

/** A number with its unit, and the words that say what it counts. */
export interface Figure {
  value: string
  label: string
}

const figure =
  /(?<![\p{L}\d.,])[$€£¥]?\d[\d.,’]*(?<![.,])(?:\s?(?:%|‰|€|\$|£|percent|per cent|Prozent))?(?:\s(?:thousand|million|billion|Tausend|Millionen|Milliarden)(?:\s(?:euros?|dollars?|pounds|Euro))?|\s(?:euros?|dollars?|pounds|Euro|years?|months?|days?|hours?|minutes?))?/u
const year = /^(?:1[5-9]|20)\d\d$/
const joining =
  /^(?:[\s,;:–—-]|(?:and|but)\s)+|(?:[\s,;:–—-]|\s(?:by|to|at|of|from|in|is|was|were|are|only|about|over))+$/giu

/** Undefined where a sentence has no number but a year. "From 40 to 12" is about 12. */
export function figureIn(text: string): Figure | undefined {
  const all = [...text.matchAll(new RegExp(figure, 'gu'))].filter(([value]) => !year.test(value))
  const isLeft = ({ index }: RegExpExecArray): boolean => /\bfrom $/i.test(text.slice(0, index))
  const found = all.find((match) => !isLeft(match)) ?? all[0]
  if (!found) return undefined
  const [value] = found
  const behind = text.slice(found.index + value.length).replaceAll(joining, '')
  const before = text.slice(0, found.index).replaceAll(joining, '')
  return { value, label: wordCount(behind) >= 3 ? behind : before }
}

/** At most so many words where whole clauses have them; else all, since half a sentence says nothing. */
export function shortened(text: string, words: number): string {
  const plain = unpunctuated(text)
  if (plain.split(' ').length <= words) return plain
  const clauses = [
    ...plain.matchAll(/[,;:]\s|\s[–—(]|\s(?:and|but|because|which|while|when|where|so)\s/gu),
  ]
  const fitting = clauses
    .map(({ index }) => plain.slice(0, index))
    .filter((head) => head.split(' ').length >= 4 && head.split(' ').length <= words)
  return fitting.at(-1) ?? plain
}
