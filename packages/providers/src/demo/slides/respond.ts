/** Outlines and slides, as the presentation maker asks for them. */
import type { ResponseFormat } from '../json/response-format.ts'
import { isObject } from '../json/schema.ts'
import { outlineFor } from './outline.ts'
import { slideFor, titlesFor } from './slide.ts'

const answers: Readonly<Record<string, (prompt: string) => object>> = {
  deck_outline: outlineFor,
  deck_slide: slideFor,
  deck_titles: titlesFor,
}

const longestPrompt = 60_000

/** Undefined where the format asks for something else. */
export function respondWithSlides(format: ResponseFormat, prompt: string): string | undefined {
  const holder = format?.['json_schema']
  const name = isObject(holder) ? holder['name'] : undefined
  if (typeof name !== 'string' || !Object.hasOwn(answers, name)) return undefined
  return JSON.stringify(answers[name]?.(prompt.slice(0, longestPrompt)))
}
