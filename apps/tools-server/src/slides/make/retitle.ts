/** One question for all titles that only name a topic. */
import { z } from 'zod'
import { AppError, type Slide } from '@tandem/schemas'
import { textsOf } from '../lint/slide-text.ts'
import { line, listOf } from './loose.ts'
import type { JsonModel } from './ask-json.ts'
import { labelled, paragraphsOf } from './prompt-text.ts'

const titlesSchema = z.object({
  titles: listOf(z.object({ slide: z.coerce.number().int(), title: line })),
})

export interface Retitling {
  language: string | undefined
  slides: readonly Pick<Slide, 'title' | 'blocks'>[]
  /** Which of them, from 0. */
  at: readonly number[]
}

const patience = { timeoutMs: 90_000, maxChars: 12_000 }

/** The new titles by slide, from 0; none where the model has none. @throws only when the signal aborts */
export async function retitle(
  { language, slides, at }: Retitling,
  { model, instructions }: { model: JsonModel; instructions: string },
  { signal }: { signal: AbortSignal },
): Promise<ReadonlyMap<number, string>> {
  const texts = at.map((index) => {
    const slide = slides[index]
    const said = slide ? textsOf(slide).join(' | ').slice(0, 600) : ''
    return `Slide ${index + 1}: ${said}`
  })
  const user = paragraphsOf(labelled({ Language: language }), texts.join('\n'))
  const deadline = AbortSignal.timeout(patience.timeoutMs)
  try {
    const question = { name: 'deck_titles', schema: titlesSchema, system: instructions, user }
    const answer = await model.ask(question, {
      signal,
      deadline,
      maxChars: patience.maxChars,
    })
    if (!('value' in answer)) return new Map()
    const titles = answer.value.titles.filter(({ title }) => title !== '' && title.length <= 200)
    return new Map(titles.map(({ slide, title }) => [slide - 1, title]))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof AppError) return new Map()
    throw error
  }
}
