import { lessonSlide } from '../data/lessons.ts'
import type { LessonSlide } from '../data/lessons/lesson.ts'
import { figureIn, sentencesOf, shortened } from './extract.ts'
import { labelled, passagesIn, pointsIn } from './prompt.ts'
import { talkAbout } from './talk.ts'

/** The slide that the prompt describes, for the layout that it names. */
export function slideFor(prompt: string): object {
  const title = (labelled(prompt, 'This slide') ?? '').replace(/^\d+\. /, '')
  const layout = labelled(prompt, 'Layout') ?? 'bullets'
  const points = pointsIn(prompt)
  const topic = labelled(prompt, 'Presentation') ?? ''
  const known = lessonSlide(title) ?? talkAbout(topic).find((slide) => isSame(slide.title, title))
  const found = known ? undefined : findIn(prompt, [title, ...points])
  const frame = {
    title,
    notes: known?.notes ?? found?.notes ?? points.join('. '),
    sources: found?.sources ?? [],
  }
  const isBare = !found?.notes && points.every((point) => isSame(point, title))
  return { ...frame, ...contentFor(layout, isBare ? [...aboutAnything] : points, known) }
}

/** Where a plan has no more than a title. */
const aboutAnything = [
  'What it means for the people in the room',
  'An example that shows it',
  'What follows from it',
]

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** The whole sentences that the points were cut from, and the numbers of their passages. */
function findIn(prompt: string, points: readonly string[]): { notes: string; sources: number[] } {
  const heads = points.map((point) => point.replace(/…$/, '').slice(0, 30))
  const found = sentencesOf(passagesIn(prompt)).filter(({ text }) =>
    heads.some((head) => head.length > 8 && text.startsWith(head)),
  )
  return {
    notes: found.map(({ text }) => text).join(' '),
    sources: [...new Set(found.flatMap(({ number }) => number ?? []))],
  }
}

function contentFor(layout: string, points: readonly string[], known?: LessonSlide): object {
  switch (layout) {
    case 'two_columns':
    case 'comparison':
      return known?.columns ?? toColumns(points)
    case 'timeline':
      return {
        events:
          known?.events ??
          points.map((point, at) => ({ when: String(at + 1), title: point, text: '' })),
      }
    case 'table':
      return (
        known?.table ?? {
          columns: ['', ''],
          rows: points.map((point, at) => [String(at + 1), point]),
        }
      )
    case 'big_number':
      return {
        ...(figureIn(points[0] ?? '') ?? { value: '1', label: points[0] ?? '' }),
        bullets: points.slice(1),
      }
    case 'quote':
      return { quote: points[0] ?? '', by: points[1] ?? '' }
    case 'code':
      return {
        language: 'python',
        code: known?.code ?? `print(${JSON.stringify(points[0] ?? '')})`,
        bullets: points,
      }
    case 'image':
      return { caption: shortened(points[0] ?? '', 12), bullets: points }
    default:
      return { bullets: points }
  }
}

function toColumns(points: readonly string[]): object {
  const half = Math.ceil(points.length / 2)
  return {
    left: { heading: '', bullets: points.slice(0, half) },
    right: { heading: '', bullets: points.slice(half) },
  }
}

/** "Slide 3: Costs | Rent fell | …" is told by what stands behind its title. */
export function titlesFor(prompt: string): object {
  const rows = [...prompt.matchAll(/^Slide (\d+): (.*)$/gm)]
  return {
    titles: rows.map(([, slide, text = '']) => {
      const [title = '', said = ''] = text.split(' | ')
      const isLong = title.split(' ').length > 8
      const told = said && !isLong ? `${title}: ${shortened(said, 8)}` : title
      return { slide: Number(slide), title: told }
    }),
  }
}
