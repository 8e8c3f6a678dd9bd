import { isPlanName, planFrom, type PlanTask } from './plan.ts'
import { namesIn, spokenName, wordsOf } from './said.ts'
import { resolve, typeOf } from './schema.ts'
import type { Filling, Place } from './source.ts'

export type Item = { value: unknown } | { task?: PlanTask }

/** How many items a list gets, and those that are known: tasks of a plan, names, numbers, what was listed. */
export function itemsFor(place: Place, items: unknown, filling: Filling): Item[] {
  const { source } = filling
  const schema = resolve(items, filling, place.depth)
  const type = typeOf(schema)
  if (place.task && /depend|require|prerequisite|after/i.test(place.name)) {
    return place.task.dependsOn.map((id) => ({ value: type === 'string' ? id : Number(id) }))
  }
  if (isPlanName(place.name) && !place.task) return planFrom(source.text).map((task) => ({ task }))
  if (type === 'number' || type === 'integer') {
    const numbers = source.text.match(/(?<![\w.])-?\d+(?:\.\d+)?/g) ?? []
    return numbers
      .map(Number)
      .filter((value) => type === 'number' || Number.isInteger(value))
      .map((value) => ({ value }))
  }
  if (type === 'string' && !('enum' in schema) && !('format' in schema) && !('pattern' in schema)) {
    const listed = listedUnder(place.name, source.text)
    if (listed.length > 0) return listed.map((value) => ({ value }))
  }
  return [{}]
}

const people = /people|person|participant|attendee|guest|names?$|member|player|author|user/i

function listedUnder(name: string, text: string): string[] {
  const stated = statedList(name, text)
  if (stated.length > 0) return stated
  return people.test(wordsOf(name).join(' ')) ? namesIn(text) : []
}

/** `tags: a, b and c` */
function statedList(name: string, text: string): string[] {
  const pattern = String.raw`\b${spokenName(name)}\b\s*(?:[:=]|\bare\b)\s*([^.;\n]{1,300})`
  const [, list] = new RegExp(pattern, 'i').exec(text) ?? []
  return (list ?? '')
    .split(/\s*,\s*(?:and\s+)?|\s+and\s+/)
    .map((item) => item.replaceAll(/^[["'\s]+|[\]"'\s]+$/g, ''))
    .filter(Boolean)
}
