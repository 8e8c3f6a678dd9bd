/** From an instruction to a deck: outline, slides, lint, mending. */
import {
  deckSchema,
  type Deck,
  type DeckInput,
  type SlidesFinding,
  type ToolProgress,
} from '@tandem/schemas'
import type { JsonModel } from './ask-json.ts'
import { assemble } from './assemble.ts'
import type { Brief } from './brief.ts'
import { inParallel } from './in-parallel.ts'
import { planOutline } from './outline.ts'
import type { Outline } from './outline-schema.ts'
import { polish } from './polish.ts'
import { writeChecked, type CheckedSlide } from './write-checked.ts'

/** What the model is told, by question. */
export interface SlidePrompts {
  outline: string
  slide: string
  titles: string
}

export interface MakeOptions {
  model: JsonModel
  prompts: SlidePrompts
  /** How the deck looks. */
  look: Pick<DeckInput, 'theme'>
  /** Milliseconds after which the slides that are not written yet say what the outline says. */
  patienceMs: number
}

export interface MadeDeck {
  deck: Deck
  findings: SlidesFinding[]
}

/** Models answer side by side where they can; one that cannot queues them. */
const atOnce = 4

/** @throws AppError where the outline fails; what fails later costs only its slide. */
export async function* makeDeck(
  brief: Brief,
  { model, prompts, look, patienceMs }: MakeOptions,
  { signal }: { signal: AbortSignal },
): AsyncGenerator<ToolProgress, MadeDeck> {
  const enough = AbortSignal.timeout(patienceMs)
  yield { message: 'Planning the slides', fraction: 0.02 }
  const outline = await planOutline(brief, { model, instructions: prompts.outline }, { signal })
  const written = yield* writeAll(
    { brief, outline },
    { model, instructions: prompts.slide },
    { signal, enough },
  )
  yield { message: 'Checking the slides', fraction: 0.8 }
  const polished = await polish(
    { brief, outline, written },
    { model, instructions: prompts.titles },
    { signal, enough },
  )
  const { deck, findings } = assemble({ brief, outline, polished })
  return { deck: deckSchema.parse({ ...deck, ...look }), findings }
}

async function* writeAll(
  job: { brief: Brief; outline: Outline },
  model: { model: JsonModel; instructions: string },
  signals: { signal: AbortSignal; enough: AbortSignal },
): AsyncGenerator<ToolProgress, CheckedSlide[]> {
  const { slides } = job.outline
  const titles = slides.map(({ title }) => title).join('\n')
  yield { message: `Writing ${slides.length} slides`, fraction: 0.15, preview: titles }
  const tasks = slides.map((_, at) => () => writeChecked({ ...job, at }, model, signals))
  const written: CheckedSlide[] = []
  let done = 0
  for await (const { at, result } of inParallel(tasks, atOnce)) {
    written[at] = result
    done += 1
    const fraction = 0.15 + (0.6 * done) / slides.length
    yield { message: `Slide ${at + 1} of ${slides.length}: ${result.slide.title}`, fraction }
  }
  return written
}
