import type { Deck, SlidesFinding } from '@tandem/schemas'
import { lintSlide, lintTitles } from './rules.ts'

/** What is not as it should be in a deck that was given; nothing in it is changed. */
export function lintDeck({ slides }: Pick<Deck, 'slides'>): SlidesFinding[] {
  const faults = slides.flatMap((slide, at) =>
    lintSlide(slide, at, {}).map((fault) => ({ at, fault })),
  )
  return [...faults, ...lintTitles(slides)]
    .map(({ at, fault }) => ({ slide: at + 1, ...fault, mended: false }))
    .toSorted((a, b) => a.slide - b.slide)
}
