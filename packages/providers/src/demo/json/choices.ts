import { statedText, wordsOf } from './said.ts'
import { skillOf } from '../tools/skills.ts'
import { skillFor } from '../tools/wishes.ts'
import type { Place, Source } from './source.ts'

/** The value that the text mentions, else the first. */
export function fillEnum(values: readonly unknown[], place: Place, source: Source): unknown {
  if (namesTool(place)) return toolFor(place, values)
  const text = (place.task?.text ?? source.text).toLowerCase()
  const stated = statedText(place.name, source.text)?.toLowerCase()
  const stands = (value: unknown): boolean => String(value).toLowerCase() === stated
  const isMentioned = (value: unknown): boolean =>
    typeof value === 'string' &&
    value !== '' &&
    text.includes(value.toLowerCase().replaceAll('_', ' '))
  return values.find(stands) ?? values.find(isMentioned) ?? values[0]
}

/** Whether this is where a plan says with what tool a step is done. */
function namesTool({ name, task }: Place): boolean {
  return task !== undefined && wordsOf(name).includes('tool')
}

export function needsNoTool(place: Place): boolean {
  return namesTool(place) && skillFor(place.task?.text ?? '') === undefined
}

/** The tool that is good for the step; one that says "none" where no tool is needed. */
function toolFor({ task }: Place, values: readonly unknown[]): unknown {
  const skill = skillFor(task?.text ?? '')
  const fits = (value: unknown): boolean => {
    if (typeof value !== 'string') return skill === undefined && value === null
    return skill === undefined ? /^(?:none|null|no tool|)$/i.test(value) : skillOf(value) === skill
  }
  return values.find(fits) ?? values[0]
}

export function fillBoolean({ name }: Place, source: Source): boolean {
  const stated = statedText(name, source.text)?.toLowerCase()
  if (stated !== undefined) return /^(?:true|yes|on|1)\b/.test(stated)
  const spoken = wordsOf(name).filter((word) => word !== 'is' && word !== 'has')
  const isDenied = new RegExp(`\\b(?:not|no|never|isn['’]t) (?:an? )?${spoken.join(' ')}`, 'i')
  return (
    spoken.every((word) => source.text.toLowerCase().includes(word)) && !isDenied.test(source.text)
  )
}
