/** A slide whose numbers were looked for in the material. */
import type { Slide } from '@tandem/schemas'
import { quantitiesIn } from '../lint/numbers.ts'
import { dropUnsourced } from '../lint/mend.ts'
import { missingNumbers, type Fault } from '../lint/rules.ts'
import { textsOf } from '../lint/slide-text.ts'
import { writeSlide, type SlideJob, type WrittenSlide } from './write-slide.ts'

export interface CheckedSlide {
  slide: WrittenSlide['slide']
  /** What was wrong with it and no longer is. */
  mended: Fault[]
}

/**
 * Writes a slide; where it says numbers that the material does not have it is written once more, and what still says
 * them leaves it. Without material there is nothing to look in: then only charts go, since made-up data must not look
 * measured.
 * @throws only when the signal aborts
 */
export async function writeChecked(
  job: SlideJob,
  model: Parameters<typeof writeSlide>[1],
  signals: Parameters<typeof writeSlide>[2],
): Promise<CheckedSlide> {
  const evidence = job.brief.evidence.numbers
  const first = await writeSlide(job, model, signals)
  const missing = missingNumbers(textsOf(first.slide), evidence)
  if (missing.length === 0) return { slide: citeNumbers(first, job), mended: faultsOf(first) }
  const mended = [...faultsOf(first), unsourced(missing)]
  if (job.brief.passages.length === 0) return withoutChart(first, mended)
  const complaint = `these numbers are not in the material: ${missing.join(', ')}. Say only numbers that it has.`
  const second = await writeSlide({ ...job, complaint }, model, signals)
  if (missingNumbers(textsOf(second.slide), evidence).length === 0)
    return { slide: citeNumbers(second, job), mended }
  const kept = dropUnsourced(second.slide, evidence) ?? dropUnsourced(first.slide, evidence)
  const slide = kept
    ? { ...second.slide, ...kept, sources: second.slide.sources }
    : { title: second.slide.title, layout: 'section' as const, blocks: [], sources: [] }
  const whole = { ...second, slide: { ...slide, layout: layoutFor(slide) } }
  return { slide: citeNumbers(whole, job), mended }
}

function faultsOf({ fault }: WrittenSlide): Fault[] {
  if (fault === undefined) return []
  return [{ rule: 'not_written', message: `It says what the outline says: ${fault}` }]
}

function unsourced(missing: readonly string[]): Fault {
  return { rule: 'number_unsourced', message: `Not in the sources: ${missing.join(', ')}.` }
}

function withoutChart({ slide }: WrittenSlide, mended: Fault[]): CheckedSlide {
  const blocks = slide.blocks.filter(({ type }) => type !== 'chart')
  if (blocks.length === slide.blocks.length) return { slide, mended: [] }
  const chart = slide.blocks.find((block) => block.type === 'chart')
  const items = [chart?.type === 'chart' ? chart.takeaway : undefined].filter(
    (text) => text !== undefined,
  )
  const rest: Slide['blocks'] =
    blocks.length === 0 && items.length > 0 ? [{ type: 'bullets', items, numbered: false }] : blocks
  return {
    slide: { ...slide, blocks: rest, layout: rest.length > 0 ? 'bullets' : 'section' },
    mended,
  }
}

/** A layout whose block had to go is no longer that layout. */
function layoutFor({ layout, blocks }: Pick<Slide, 'layout' | 'blocks'>): Slide['layout'] {
  if (blocks.length === 0) return 'section'
  const isList = blocks.every(({ type }) => type === 'bullets')
  return isList && layout !== 'two_columns' && layout !== 'comparison' ? 'bullets' : layout
}

/** A number that is in none of the slide's sources, but in another, brings that source with it. */
function citeNumbers({ slide }: WrittenSlide, { brief }: SlideJob): WrittenSlide['slide'] {
  const { bibliography, evidence } = brief
  const cited = new Set(slide.sources)
  for (const quantity of quantitiesIn(textsOf(slide).join('\n'))) {
    const holders = evidence.sourcesOf(quantity)
    const numbers = holders.flatMap((source) => bibliography.numberOf(source) ?? [])
    const [first] = numbers
    if (first !== undefined && !numbers.some((number) => cited.has(number))) cited.add(first)
  }
  return { ...slide, sources: [...cited].slice(0, 6) }
}
