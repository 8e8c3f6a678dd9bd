/** Makes an outline have exactly so many slides. */
import type { Outline, OutlineLayout, PlannedSlide } from './outline-schema.ts'

/** What says nothing that the other slides do not, the least needed first. */
const framing: readonly OutlineLayout[] = ['section', 'agenda', 'closing']

/** Drops what says least, or parts what says most and frames it; the order stays. */
export function fitCount({ slides, ...rest }: Outline, count: number): Outline {
  const fitted = [...slides]
  while (fitted.length > count) fitted.splice(leastNeeded(fitted), 1)
  while (fitted.length < count) addOne(fitted, rest.title)
  return { ...rest, slides: fitted }
}

function leastNeeded(slides: readonly PlannedSlide[]): number {
  for (const layout of framing) {
    const at = slides.findLastIndex((planned) => planned.layout === layout)
    if (at >= 0) return at
  }
  return slides.length - 1
}

function addOne(slides: PlannedSlide[], title: string): void {
  if (partLongest(slides, 4) || frame(slides, title) || partLongest(slides, 2)) return
  const at = slides.findIndex(
    ({ layout }, index) => !framing.includes(layout) && slides[index - 1]?.layout !== 'section',
  )
  const next = slides[at]
  slides.splice(Math.max(at, 0), 0, {
    title: next?.title ?? title,
    layout: 'section',
    points: [],
    sources: [],
  })
}

/** A slide with so many points becomes two; the second one's first point is its title. */
function partLongest(slides: PlannedSlide[], least: number): boolean {
  const lengths = slides.map(({ layout, points }) => (layout === 'bullets' ? points.length : 0))
  const longest = Math.max(...lengths)
  const at = lengths.indexOf(longest)
  const whole = slides[at]
  if (!whole || longest < least) return false
  const half = Math.ceil(longest / 2)
  const points = whole.points.slice(half)
  const first = { ...whole, points: whole.points.slice(0, half) }
  slides.splice(at, 1, first, { ...whole, title: points[0] ?? whole.title, points })
  return true
}

/** An agenda at the front, then what is to be remembered at the end. */
function frame(slides: PlannedSlide[], title: string): boolean {
  const has = (layout: OutlineLayout): boolean => slides.some((each) => each.layout === layout)
  const titles = slides.filter(({ layout }) => !framing.includes(layout)).map((each) => each.title)
  if (!has('closing')) {
    slides.push({ title, layout: 'closing', points: titles.slice(0, 5), sources: [] })
    return true
  }
  if (has('agenda') || titles.length < 3) return false
  slides.unshift({ title, layout: 'agenda', points: titles, sources: [] })
  return true
}
