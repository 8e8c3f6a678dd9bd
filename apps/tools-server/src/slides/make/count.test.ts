import { describe, expect, test } from '@jest/globals'
import { requestedSlides } from './count.ts'
import { fitCount } from './fit-count.ts'
import type { Outline, PlannedSlide } from './outline-schema.ts'

describe('the number of slides that is asked for', () => {
  test.each([
    ['Create a 5-slide presentation about machine learning basics', 5],
    ['a presentation with 12 slides about whales', 12],
    ['ten slides on tea', 10],
    ['Make 3 short slides', 3],
    ['Erstelle 7 Folien über Katzen', 7],
    ['in fünf Folien', 5],
    ['une présentation de six diapositives', 6],
    ['Haz cinco diapositivas sobre el mar', 5],
    ['做一个10页的演示文稿', 10],
    ['8枚のスライド', 8],
    ['Create a presentation about machine learning', undefined],
    ['slides about the 2024 election', undefined],
    ['500 slides of everything', undefined],
    ['my 3 cats in slides', undefined],
    ['UN slides', undefined],
    ['Send it once slides are done', undefined],
  ])('%s', (instruction, count) => {
    expect(requestedSlides(instruction)).toBe(count)
  })
})

const planned = (title: string, points: string[] = ['a', 'b']): PlannedSlide => ({
  title,
  layout: 'bullets',
  points,
  sources: [],
})
const outline = (...slides: PlannedSlide[]): Outline => ({
  title: 'Tides',
  subtitle: '',
  language: 'en',
  slides,
})

describe('an outline has as many slides as asked for', () => {
  test.each(Array.from({ length: 12 }, (_, at) => at + 1))('%i', (count) => {
    for (const [some, most] of [
      // Of two points two slides, and a closing one.
      [outline(planned('One')), 3],
      [outline(planned('One'), planned('Two', ['a', 'b', 'c', 'd', 'e']), planned('Three')), 11],
      [outline({ ...planned('Part'), layout: 'section' }, planned('One'), planned('Two')), 7],
      [outline(...Array.from({ length: 30 }, (_, at) => planned(String(at)))), 60],
    ] as const) {
      const { slides } = fitCount(some, count)
      expect(slides).toHaveLength(Math.min(count, most))
      const sections = slides.filter(({ layout }) => layout === 'section')
      expect(new Set(sections.map(({ title }) => title)).size).toBe(sections.length)
    }
  })

  test('sections go first, and long slides are parted before others are made up', () => {
    const section: PlannedSlide = { ...planned('Part'), layout: 'section' }
    const less = fitCount(outline(section, planned('One'), planned('Two')), 2)
    expect(less.slides.map(({ title }) => title)).toEqual(['One', 'Two'])
    const more = fitCount(outline(planned('One'), planned('Two', ['a', 'b', 'c', 'd'])), 3)
    expect(more.slides.map(({ title, points }) => [title, points])).toEqual([
      ['One', ['a', 'b']],
      ['Two', ['a', 'b']],
      ['c', ['c', 'd']],
    ])
  })
})
