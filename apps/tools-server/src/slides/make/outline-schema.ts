import { z } from 'zod'
import { isObject, line, lines, listOf, toLine, wholeNumbers } from './loose.ts'

/** The layouts that a model may choose from; a title and references are put around them. */
const outlineLayouts = [
  'bullets',
  'two_columns',
  'comparison',
  'table',
  'chart',
  'big_number',
  'quote',
  'timeline',
  'code',
  'image',
  'section',
  'agenda',
  'closing',
] as const
export type OutlineLayout = (typeof outlineLayouts)[number]

const layout = z.preprocess(toLayout, z.enum(outlineLayouts))

function toLayout(value: unknown): OutlineLayout {
  const word = toLine(value)
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  return outlineLayouts.find((known) => known === word) ?? 'bullets'
}

const plannedSlideSchema = z.object({
  title: line.describe('The one message of the slide, as a short statement.'),
  layout,
  points: lines.describe('What the slide says, in a few short points.'),
  sources: wholeNumbers.describe('Numbers of the passages that it rests on.'),
})
export type PlannedSlide = z.infer<typeof plannedSlideSchema>

export const outlineSchema = z.object({
  title: line.describe('What the presentation is called.'),
  subtitle: line.describe('A line below it, or empty.'),
  language: line.describe('The tag of the language that the slides are in, such as en or de.'),
  slides: listOf(plannedSlideSchema, toSlide).refine(
    (slides) => slides.length > 0,
    'there are no slides in it',
  ),
})
export type Outline = z.infer<typeof outlineSchema>

/** Some models list bare titles, or call the points by another name. */
function toSlide(value: unknown): unknown {
  if (!isObject(value)) return { title: value }
  const { points, bullets, content, key_points: keyPoints } = value
  return { ...value, points: points ?? bullets ?? keyPoints ?? content }
}
