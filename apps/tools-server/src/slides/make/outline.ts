/** The first question to the model: which slides there shall be. */
import { AppError } from '@tandem/schemas'
import type { Brief } from './brief.ts'
import { fitCount } from './fit-count.ts'
import type { JsonModel } from './ask-json.ts'
import { outlineSchema, type Outline, type PlannedSlide } from './outline-schema.ts'
import { outlineFromText } from './outline-from-text.ts'
import { labelled, paragraphsOf, toMaterial, toPictures } from './prompt-text.ts'

/** So much of the material: what small models can still read. */
const materialChars = 10_000
/** Without a wish; one message a slide. */
const usual = { least: 5, most: 9 }
const mostSlides = 60
/** A slow local model needs minutes for an outline. */
const patience = { timeoutMs: 240_000, maxChars: 40_000 }

/**
 * The slides between the title and the references.
 * @throws AppError what asking a model throws; `upstream_invalid_response` where nothing of what it says is an outline
 */
export async function planOutline(
  brief: Brief,
  { model, instructions }: { model: JsonModel; instructions: string },
  { signal }: { signal: AbortSignal },
): Promise<Outline> {
  const count = contentCount(brief)
  const answer = await model.ask(
    {
      name: 'deck_outline',
      schema: outlineSchema,
      system: instructions,
      user: toPrompt(brief, count),
    },
    {
      signal,
      deadline: AbortSignal.timeout(patience.timeoutMs),
      maxChars: patience.maxChars,
    },
  )
  const outline = 'value' in answer ? answer.value : outlineFromText(answer.text)
  if (!outline) {
    throw new AppError('upstream_invalid_response', {
      message:
        'The model did not manage to plan the slides. Use a larger model, or send the slides themselves as markdown or deck.',
    })
  }
  const possible = {
    ...outline,
    slides: withoutRepeats(outline.slides).map((slide) => possibleSlide(slide, brief)),
  }
  if (count !== undefined) return fitCount(possible, count)
  return { ...possible, slides: possible.slides.slice(0, mostSlides) }
}

/** How many the model has to plan: the title is not among them, nor are references where there are sources to list. */
function contentCount({ slides, hasTitle, hasReferences }: Brief): number | undefined {
  if (slides === undefined) return undefined
  return Math.max(1, slides - (hasTitle ? 1 : 0) - (hasReferences ? 1 : 0))
}

function toPrompt(brief: Brief, count: number | undefined): string {
  const { instruction, choice, bibliography, pictures, language, today } = brief
  const fields = labelled({
    Instruction: instruction,
    'Slides to plan': count === undefined ? `${usual.least} to ${usual.most}` : `exactly ${count}`,
    Language: language,
    Today: today,
  })
  const material = toMaterial(choice.choose(instruction, materialChars), bibliography)
  return paragraphsOf(fields, toPictures(pictures), material)
}

/** A small model that has lost its way plans the same slide over and over. */
function withoutRepeats(slides: readonly PlannedSlide[]): PlannedSlide[] {
  const distinct = new Map(
    slides.map((slide) => [slide.title || JSON.stringify(slide.points), slide]),
  )
  return [...distinct.values()]
}

/** A picture that is not there cannot be shown. */
function possibleSlide(slide: PlannedSlide, { pictures, bibliography }: Brief): PlannedSlide {
  const sources = slide.sources.filter((number) => bibliography.source(number) !== undefined)
  const layout = slide.layout === 'image' && pictures.length === 0 ? 'bullets' : slide.layout
  return { ...slide, layout, sources, title: slide.title || slide.points[0] || 'Slide' }
}
