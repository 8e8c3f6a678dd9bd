/** An outline from words, of models that cannot write JSON: headings or numbered lines, and the lines below them. */
import { toLine } from './loose.ts'
import type { Outline, PlannedSlide } from './outline-schema.ts'

const heading =
  /^\s*(?:#{1,4}\s+|\*\*|(?:slide|folie|diapositive|diapositiva)\s*\d{0,3}\s*[:.–-]\s*|\d{1,2}[.)]\s+)(.{2,200}?)(?:\*\*)?:?\s*$/i
const slideLabel = /^\s*(?:slide|folie|diapositive|diapositiva)\s*\d{0,3}\s*[:.–-]\s*/i

/** Undefined where there are not even two slides in it. */
export function outlineFromText(text: string): Outline | undefined {
  const slides: PlannedSlide[] = []
  for (const row of text.slice(0, 20_000).split('\n')) {
    const title = heading.exec(row)?.[1]
    if (title) {
      const plain = toLine(title.replace(slideLabel, ''))
      slides.push({ title: plain, layout: 'bullets', points: [], sources: [] })
    } else if (row.trim()) slides.at(-1)?.points.push(toLine(row))
  }
  const full = slides.filter(({ points }) => points.length > 0)
  const [first, ...others] = full.length >= 2 ? full : slides
  if (!first || others.length === 0) return undefined
  return { title: '', subtitle: '', language: '', slides: [first, ...others] }
}
