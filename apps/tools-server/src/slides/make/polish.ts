/** Mends what lint finds on the slides that a model wrote. */
import type { Slide } from '@tandem/schemas'
import { cutBullets, cutWords, partBullets, shortenBullets } from '../lint/mend.ts'
import { lintSlide, type Fault } from '../lint/rules.ts'
import type { JsonModel } from './ask-json.ts'
import type { Brief } from './brief.ts'
import type { Outline } from './outline-schema.ts'
import { retitle } from './retitle.ts'
import type { CheckedSlide } from './write-checked.ts'

/** A slide without its place yet; one that was parted is two of them. */
export interface PolishedSlide {
  slide: CheckedSlide['slide']
  mended: Fault[]
}

export interface Draft {
  brief: Brief
  outline: Outline
  written: readonly CheckedSlide[]
}

const mendedRules: readonly Fault['rule'][] = [
  'title_topic',
  'title_missing',
  'title_long',
  'bullet_long',
  'bullets_many',
  'words_many',
]

/** @throws only when the signal aborts */
export async function polish(
  draft: Draft,
  model: { model: JsonModel; instructions: string },
  { signal, enough }: { signal: AbortSignal; enough: AbortSignal },
): Promise<PolishedSlide[]> {
  const { brief, outline, written } = draft
  const slides = written.map(({ slide }) => slide)
  const at = slides.flatMap((slide, index) => (wantsTitle(slide) ? [index] : []))
  const isLate = enough.aborted || at.length === 0
  const job = { language: brief.language ?? outline.language, slides, at }
  const titles = isLate ? new Map<number, string>() : await retitle(job, model, { signal })
  return written.flatMap(({ slide, mended }, index) => {
    const title = at.includes(index) ? (titles.get(index) ?? slide.title) : slide.title
    return mendSlide(
      { ...slide, title },
      { before: slide, mended, isFixed: brief.slides !== undefined },
    )
  })
}

function wantsTitle(slide: Slide): boolean {
  return faultsOf(slide).some(({ rule }) => rule.startsWith('title_'))
}

/** The place matters only to a bare first slide, and these are not first. */
function faultsOf(slide: Slide): Fault[] {
  return lintSlide(slide, 1, {})
}

interface Mending {
  before: Slide
  mended: readonly Fault[]
  /** No slide may be added. */
  isFixed: boolean
}

function mendSlide(
  slide: CheckedSlide['slide'],
  { before, mended, isFixed }: Mending,
): PolishedSlide[] {
  const short = shortenBullets(slide)
  const parts = isFixed ? [cutBullets(short)] : partBullets(short)
  const after = parts.map((part) => ({ ...cutWords(part), sources: slide.sources }))
  const left = new Set(after.flatMap((part) => faultsOf(part).map(({ rule }) => rule)))
  const gone = faultsOf(before).filter(({ rule }) => mendedRules.includes(rule) && !left.has(rule))
  return after.map((part, index) => ({
    slide: part,
    mended: index === 0 ? [...mended, ...gone] : [],
  }))
}
