/** Passages of documents, as the tool that searches them numbers them, and the sentences in them that answer a query. */
import { wordsOf } from '../json/said.ts'

interface Passage {
  n: string
  /** Title and place. */
  source: string
  text: string
}

/** In quotes, with the source and its number; undefined where the content holds no passages. */
export function quotePassages(content: string, query: string): string | undefined {
  const [first, ...others] = toPassages(content)
  if (!first) return undefined
  const wanted = new Set(wordsOf(query).filter(isTelling).map(stem))
  const sentences = [first, ...others].flatMap((passage) =>
    toSentences(passage.text).map((text) => ({ text, passage, score: scoreOf(text, wanted) })),
  )
  const most = Math.max(...sentences.map(({ score }) => score))
  const best = most > 0 ? sentences.filter(({ score }) => score === most) : sentences.slice(0, 1)
  const quotes = new Map(best.map(({ text, passage }) => [text, passage]))
  return [...quotes]
    .slice(0, mostQuotes)
    .map(([text, { source, n }]) => `“${text}” (${source}) [${n}]`)
    .join('\n')
}

const mostQuotes = 2
const longestSentence = 400

/** A passage is a paragraph: a line with number and source, then its text, with `…` before and after what only surrounds it. */
function toPassages(content: string): Passage[] {
  return content.split('\n\n').flatMap((paragraph) => {
    const [head = '', ...lines] = paragraph.split('\n')
    const [, n, source] = /^\[(\d{1,4})\] (.+?)(?: \(score [\d.]+\))?$/.exec(head) ?? []
    if (n === undefined || source === undefined) return []
    const own = lines.filter((line) => !line.startsWith('… ') && !line.endsWith(' …'))
    return [{ n, source, text: own.join('\n') }]
  })
}

function toSentences(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim().slice(0, longestSentence).toWellFormed())
    .filter(Boolean)
}

/** How many of the words are in it. */
function scoreOf(sentence: string, wanted: ReadonlySet<string>): number {
  const said = new Set(wordsOf(sentence).map(stem))
  return [...wanted].filter((word) => said.has(word)).length
}

const emptyWords = new Set(
  'the and are for who what when where which how why does did was were many much you your our his her its with from that this have has get'.split(
    ' ',
  ),
)

function isTelling(word: string): boolean {
  return word.length > 2 && !emptyWords.has(word.toLowerCase())
}

function stem(word: string): string {
  const small = word.toLowerCase()
  return small.length > 4 ? small.replace(/(?:ies|es|s|ing|ed|e|y)$/, '') : small.replace(/s$/, '')
}
