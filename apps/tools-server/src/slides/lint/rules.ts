/** What makes a slide good, as far as it can be told without looking at it. */
import { slideLayoutOf, type Slide, type SlideLayout } from '@tandem/schemas'
import { isFound, quantitiesIn } from './numbers.ts'
import { countWords, textOfBullet, textsOf } from './slide-text.ts'
import { isTopic } from './topics.ts'

export interface Fault {
  rule:
    | 'title_missing'
    | 'title_topic'
    | 'title_long'
    | 'title_repeated'
    | 'slide_empty'
    | 'bullets_many'
    | 'bullet_long'
    | 'words_many'
    | 'number_unsourced'
    | 'not_written'
    | 'slides_fewer'
    | 'material_unused'
  message: string
}

export const limits = { titleWords: 16, bullets: 6, bulletWords: 16, slideWords: 90 }

/** Slides that frame the others: their titles are no claims, and they may be bare. */
const framing: readonly SlideLayout[] = ['title', 'agenda', 'section', 'references', 'closing']
/** Those whose title may be that of the deck. */
const nameless: readonly SlideLayout[] = ['title', 'agenda', 'references', 'closing']

export interface Lint {
  /** The numbers that may be said; undefined where it is not known what a slide rests on. */
  evidence?: ReadonlySet<number> | undefined
}

export function lintSlide(slide: Slide, index: number, { evidence }: Lint): Fault[] {
  const isFraming = framing.includes(slideLayoutOf(slide, index))
  return [
    ...(isFraming ? [] : lintTitle(slide)),
    ...(isFraming ? [] : lintAmount(slide)),
    ...lintBullets(slide),
    ...(evidence ? lintNumbers(slide, evidence) : []),
  ]
}

/** Of the whole deck: a title that stands twice says nothing the second time. By slide, from 0. */
export function lintTitles(slides: readonly Slide[]): { at: number; fault: Fault }[] {
  const seen = new Map<string, number>()
  return slides.flatMap((slide, at) => {
    const key = slide.title?.trim().toLowerCase()
    if (!key) return []
    const before = seen.get(key)
    if (before === undefined) seen.set(key, at)
    if (before === undefined || nameless.includes(slideLayoutOf(slide, at))) return []
    const message = `The title is that of slide ${before + 1}.`
    return { at, fault: { rule: 'title_repeated' as const, message } }
  })
}

function lintTitle({ title, blocks }: Slide): Fault[] {
  if (!title) return [{ rule: 'title_missing', message: 'There is no title.' }]
  const words = countWords(title)
  if (words > limits.titleWords) {
    return [{ rule: 'title_long', message: `The title has ${words} words.` }]
  }
  const isQuote = blocks.some(({ type }) => type === 'quote')
  if (isQuote || !isTopic(title)) return []
  return [{ rule: 'title_topic', message: `“${title}” names a topic; say what is to be learnt.` }]
}

function lintAmount(slide: Slide): Fault[] {
  if (slide.blocks.length === 0)
    return [{ rule: 'slide_empty', message: 'There is nothing on it.' }]
  const isTable = slide.blocks.some(({ type }) => type === 'table')
  const words = textsOf(slide).reduce((sum, text) => sum + countWords(text), 0)
  if (words <= limits.slideWords || isTable) return []
  return [{ rule: 'words_many', message: `There are ${words} words on it.` }]
}

function lintBullets({ blocks }: Slide): Fault[] {
  const lists = blocks.flatMap((block) => (block.type === 'bullets' ? [block.items] : []))
  const most = Math.max(0, ...lists.map(({ length }) => length))
  const long = lists
    .flat()
    .map((item) => textOfBullet(item))
    .filter((text) => isLong(text))
  const [first] = long
  return [
    ...(most > limits.bullets
      ? [{ rule: 'bullets_many' as const, message: `A list has ${most} points.` }]
      : []),
    ...(first === undefined
      ? []
      : [{ rule: 'bullet_long' as const, message: tellLong(first, long.length) }]),
  ]
}

function tellLong(first: string, count: number): string {
  const quoted = `“${first.slice(0, 60)}${first.length > 60 ? '…' : ''}”`
  if (count === 1) return `A point has ${countWords(first)} words: ${quoted}.`
  return `${count} points have more than ${limits.bulletWords} words; the first: ${quoted}.`
}

export function isLong(text: string): boolean {
  return countWords(text) > limits.bulletWords
}

function lintNumbers(slide: Slide, evidence: ReadonlySet<number>): Fault[] {
  return missingNumbers(textsOf(slide), evidence).map((text) => ({
    rule: 'number_unsourced',
    message: `“${text}” is not in the sources.`,
  }))
}

/** The numbers of the texts that the evidence does not have, each once. */
export function missingNumbers(texts: readonly string[], evidence: ReadonlySet<number>): string[] {
  const missing = texts
    .flatMap((text) => quantitiesIn(text))
    .filter((quantity) => !isFound(quantity, evidence))
  return [...new Set(missing.map(({ text }) => text))]
}
