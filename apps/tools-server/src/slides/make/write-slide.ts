/** The second kind of question: what one slide says. */
import { AppError, type Slide } from '@tandem/schemas'
import type { JsonModel } from './ask-json.ts'
import type { Brief } from './brief.ts'
import { toLines } from './loose.ts'
import type { Outline, PlannedSlide } from './outline-schema.ts'
import type { Passage } from './passages.ts'
import { labelled, paragraphsOf, toMaterial, toPictures } from './prompt-text.ts'
import { shapeOf, type AnyShape } from './slide-shapes.ts'

/** A slide whose sources are numbers of the bibliography. */
export interface WrittenSlide {
  slide: Omit<Slide, 'sources'> & { sources: number[] }
  /** What it may rest on. */
  passages: readonly Passage[]
  /** Why it is not as the model would have written it. */
  fault?: string | undefined
}

export interface SlideJob {
  brief: Brief
  outline: Outline
  /** Of the outline's slides, from 0. */
  at: number
  /** What was wrong with the first try. */
  complaint?: string
}

const materialChars = 5000
/** A slow local model needs its time for a slide. */
const patience = { timeoutMs: 150_000, maxChars: 12_000 }

/** Always a slide: where the model fails it says what the outline says. @throws only when the signal aborts */
export async function writeSlide(
  job: SlideJob,
  { model, instructions }: { model: JsonModel; instructions: string },
  { signal, enough }: { signal: AbortSignal; enough: AbortSignal },
): Promise<WrittenSlide> {
  const plan = job.outline.slides[job.at]
  if (!plan) throw new AppError('internal_error', { cause: new Error(`no slide ${job.at}`) })
  const passages = choosePassages(plan, job.brief)
  const shape = shapeOf(plan.layout)
  if (!shape) return { slide: toPlainSlide(plan, job.outline), passages }
  if (enough.aborted) return { ...fromPlan(plan, passages), fault: 'there was no time to write it' }
  const user = toPrompt(job, plan, passages)
  const question = { name: 'deck_slide', schema: shape.schema, system: instructions, user }
  try {
    const deadline = AbortSignal.any([enough, AbortSignal.timeout(patience.timeoutMs)])
    const { maxChars } = patience
    const answer = await model.ask(question, { signal, deadline, maxChars })
    if ('value' in answer) return fromAnswer(answer.value, { plan, shape, job, passages })
    return fromPlan({ ...plan, points: [...plan.points, ...toLines(answer.text)] }, passages)
  } catch (error) {
    signal.throwIfAborted()
    const fault = error instanceof AppError ? error.message : 'the model took too long'
    return { ...fromPlan(plan, passages), fault }
  }
}

function choosePassages({ title, points }: PlannedSlide, { choice }: Brief): Passage[] {
  return choice.choose([title, ...points].join(' '), materialChars)
}

function toPrompt(
  { brief, outline, at, complaint }: SlideJob,
  plan: PlannedSlide,
  passages: readonly Passage[],
): string {
  const titles = outline.slides.map(({ title }, index) => `${index + 1}. ${title}`).join('\n')
  return paragraphsOf(
    labelled({
      Instruction: brief.instruction.slice(0, 2000),
      Presentation: outline.title,
      Language: brief.language ?? outline.language,
    }),
    `Its slides:\n${titles}`,
    labelled({ 'This slide': `${at + 1}. ${plan.title}`, Layout: plan.layout }),
    plan.points.length > 0 ? `Points:\n${plan.points.map((point) => `- ${point}`).join('\n')}` : '',
    plan.layout === 'image' ? toPictures(brief.pictures) : '',
    toMaterial(passages, brief.bibliography),
    complaint ? `Your first try was not good enough: ${complaint}` : '',
  )
}

interface Reading {
  plan: PlannedSlide
  shape: AnyShape
  job: SlideJob
  passages: readonly Passage[]
}

function fromAnswer(
  content: Parameters<AnyShape['toBlocks']>[0],
  { plan, shape, job, passages }: Reading,
): WrittenSlide {
  const picture = pictureFor(plan, job)
  const blocks = shape.toBlocks(content, picture)
  if (blocks.length === 0) return fromPlan(plan, passages)
  const { bibliography } = job.brief
  const given = content.sources.filter((number) => bibliography.source(number))
  const shown = picture && bibliography.numberOf({ title: picture.name, file_id: picture.fileId })
  const named = [
    ...(shown === undefined ? [] : [shown]),
    ...(given.length > 0 ? given : plan.sources),
  ]
  return {
    slide: {
      title: content.title.slice(0, 300) || plan.title,
      layout: plan.layout,
      blocks,
      ...(content.notes && { notes: content.notes }),
      sources: [...new Set(named)].slice(0, 4),
    },
    passages,
  }
}

/** The one that the outline names, else each in turn. */
function pictureFor(
  plan: PlannedSlide,
  { brief: { pictures }, outline }: SlideJob,
): Brief['pictures'][number] | undefined {
  if (plan.layout !== 'image') return undefined
  const said = plan.points.join(' ')
  const named = pictures.find(({ fileId, name }) => said.includes(fileId) || said.includes(name))
  const turn = outline.slides.filter(({ layout }) => layout === 'image').indexOf(plan)
  return named ?? pictures[turn % pictures.length]
}

function fromPlan(plan: PlannedSlide, passages: readonly Passage[]): WrittenSlide {
  const items = plan.points.slice(0, 8).map((point) => point.slice(0, 400))
  const { title, sources } = plan
  const blocks: Slide['blocks'] =
    items.length > 0 ? [{ type: 'bullets', items, numbered: false }] : []
  const layout = items.length > 0 ? 'bullets' : 'section'
  return { slide: { title: title.slice(0, 300), layout, blocks, sources }, passages }
}

/** Slides that only frame the others need no model. */
function toPlainSlide({ title, layout }: PlannedSlide, { slides }: Outline): WrittenSlide['slide'] {
  const told = slides.filter((slide) => shapeOf(slide.layout) && slide.layout !== 'closing')
  const items = layout === 'agenda' ? told.map((slide) => slide.title) : []
  const blocks: Slide['blocks'] =
    items.length > 0 ? [{ type: 'bullets', items: items.slice(0, 10), numbered: false }] : []
  return { title: title.slice(0, 300), layout, blocks, sources: [] }
}
