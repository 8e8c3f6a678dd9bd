/** Puts the slides into a deck: title first, references last, sources numbered in the order in which they are named. */
import type { DeckInput, DeckSource, Slide, SlidesFinding } from '@tandem/schemas'
import { lintCount, lintMaterial } from '../lint/amount.ts'
import { lintSlide, lintTitles } from '../lint/rules.ts'
import { withNotes } from '../lint/mend.ts'
import type { Brief } from './brief.ts'
import type { Outline } from './outline-schema.ts'
import type { PolishedSlide } from './polish.ts'
import { referencesTitle } from './references-words.ts'

export interface Parts {
  brief: Brief
  outline: Outline
  polished: readonly PolishedSlide[]
}

const languageTag = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/
const mostListed = 12

export function assemble({ brief, outline, polished }: Parts): {
  deck: DeckInput
  findings: SlidesFinding[]
} {
  const language =
    [brief.language, outline.language].find((tag) => tag && languageTag.test(tag)) ?? 'en'
  const title = (outline.title || titleFrom(brief.instruction)).slice(0, 300)
  const named = polished.flatMap(({ slide }) => slide.sources)
  const listed = listedSources(named, brief)
  const slides = polished.map(({ slide }): Slide => ({
    ...slide,
    sources: slide.sources
      .map((number) => listed.indexOf(number) + 1)
      .filter((number) => number > 0),
  }))
  const all = framed(slides, { title, language, subtitle: outline.subtitle, brief })
  const sources = listed
    .map((number) => brief.bibliography.source(number))
    .filter((source): source is DeckSource => source !== undefined)
  const checked = noteUnchecked(all, brief)
  return {
    deck: {
      title,
      ...(outline.subtitle && { subtitle: outline.subtitle.slice(0, 500) }),
      language,
      slides: checked,
      sources,
    },
    findings: [...findingsOf(checked, { brief, polished }), ...amountOf(checked, brief)],
  }
}

/** Numbers in the bibliography, in the order of the slides; where none is named, what the model was shown first. */
function listedSources(named: readonly number[], { bibliography, hasReferences }: Brief): number[] {
  const listed = [...new Set(named)]
  if (listed.length > 0 || !hasReferences) return listed
  const all = Array.from({ length: mostListed }, (_, at) => at + 1)
  return all.filter((number) => bibliography.source(number) !== undefined)
}

interface Frame {
  title: string
  subtitle: string
  language: string
  brief: Brief
}

function framed(slides: readonly Slide[], { title, subtitle, language, brief }: Frame): Slide[] {
  const first: Slide = {
    layout: 'title',
    title,
    ...(subtitle && { subtitle: subtitle.slice(0, 500) }),
    blocks: [],
    sources: [],
  }
  const last: Slide = {
    layout: 'references',
    title: referencesTitle(language),
    blocks: [],
    sources: [],
  }
  return [...(brief.hasTitle ? [first] : []), ...slides, ...(brief.hasReferences ? [last] : [])]
}

/** Without material a model's numbers are its own; the speaker is told. */
function noteUnchecked(slides: readonly Slide[], brief: Brief): Slide[] {
  if (brief.passages.length > 0) return [...slides]
  return slides.map((slide, at) => {
    const faults = lintSlide(slide, at, { evidence: brief.evidence.numbers })
    const unsourced = faults.filter(({ rule }) => rule === 'number_unsourced')
    return unsourced.length === 0
      ? slide
      : withNotes(slide, [
          `Check before you say it: ${unsourced.map(({ message }) => message).join(' ')}`,
        ])
  })
}

function findingsOf(
  slides: readonly Slide[],
  { brief, polished }: Pick<Parts, 'brief' | 'polished'>,
): SlidesFinding[] {
  const before = brief.hasTitle ? 2 : 1
  const mended = polished.flatMap((each, at) =>
    each.mended.map((fault) => ({ ...fault, slide: at + before, mended: true })),
  )
  const left = slides.flatMap((slide, at) =>
    lintSlide(slide, at, { evidence: brief.evidence.numbers }).map((fault) => ({
      ...fault,
      slide: at + 1,
      mended: false,
    })),
  )
  const repeated = lintTitles(slides).map(({ at, fault }) => ({
    ...fault,
    slide: at + 1,
    mended: false,
  }))
  return [...mended, ...left, ...repeated].toSorted((a, b) => a.slide - b.slide)
}

/** Of the whole deck: what it does not say, and how many slides it lacks. Told of the last slide. */
function amountOf(slides: readonly Slide[], brief: Brief): SlidesFinding[] {
  const faults = [
    ...lintCount(slides.length, brief.slides),
    ...lintMaterial(
      slides,
      brief.passages.map(({ text }) => text),
    ),
  ]
  return faults.map((fault) => ({ slide: slides.length, ...fault, mended: false }))
}

/** "Create a 5-slide presentation about tides" is about tides. */
function titleFrom(instruction: string): string {
  const [line = ''] = instruction.trim().split('\n')
  const about = /\b(?:about|on|über|zu|sur|sobre|su|о|об)\s+(.{3,120}?)[.!?]?$/i.exec(line)?.[1]
  const title = about ?? line
  return title.charAt(0).toUpperCase() + title.slice(1, 200)
}
