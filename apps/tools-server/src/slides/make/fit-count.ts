/** Makes an outline have so many slides, where it says enough for them. */
import type { Outline, OutlineLayout, PlannedSlide } from './outline-schema.ts'

/** What says nothing that the other slides do not, the least needed first. */
const framing: readonly OutlineLayout[] = ['section', 'agenda', 'closing']

/**
 * Drops what says least, or parts what says most and frames it; the order stays. Fewer slides are better than some that say
 * nothing.
 */
export function fitCount({ slides, ...rest }: Outline, count: number): Outline {
  const fitted = [...slides]
  while (fitted.length > count) fitted.splice(leastNeeded(fitted), 1)
  while (fitted.length < count && addOne(fitted, rest.title));
  return { ...rest, slides: fitted }
}

function leastNeeded(slides: readonly PlannedSlide[]): number {
  for (const layout of framing) {
    const at = slides.findLastIndex((planned) => planned.layout === layout)
    if (at >= 0) return at
  }
  return slides.length - 1
}

function addOne(slides: PlannedSlide[], title: string): boolean {
  return partLongest(slides, 4) || frame(slides, title) || partLongest(slides, 2)
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
    slides.push({ title, layout: 'closing', points: firstOf(titles), sources: [] })
    return true
  }
  if (has('agenda') || titles.length < 3) return false
  slides.unshift({ title, layout: 'agenda', points: titles, sources: [] })
  return true
}

/** As many as a closing slide has room for. */
function firstOf(titles: readonly string[]): string[] {
  let room = 220
  return titles.slice(0, 5).filter((title) => (room -= title.length) >= 0)
}
