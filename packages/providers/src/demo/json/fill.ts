import { itemsFor } from './items.ts'
import { statedNumber, statedText } from './said.ts'
import {
  allowsNull,
  deepest,
  isObject,
  propertiesOf,
  requiredOf,
  resolve,
  typeOf,
  type Schema,
} from './schema.ts'
import type { Filling, Place, Source } from './source.ts'
import { fillBoolean, fillEnum, needsNoTool } from './choices.ts'
import { fillNumber, fillString } from './values.ts'

const mostItems = 200
const mostWork = 5000

/** A value that satisfies the schema, from what was said where a property's name matches it. */
export function fill(schema: Schema, source: Source): unknown {
  return fillValue(
    schema,
    { name: '', depth: 0, index: 0 },
    {
      root: schema,
      source,
      work: mostWork,
    },
  )
}

function fillValue(raw: unknown, place: Place, filling: Filling): unknown {
  if (isObject(raw) && allowsNull(raw) && isBetterNull(place)) return null
  const schema = resolve(raw, filling, place.depth)
  const values: unknown = schema['enum']
  if ('const' in schema) return schema['const']
  if (Array.isArray(values)) return fillEnum(values, place, filling.source)
  const type = typeOf(schema) ?? 'string'
  switch (type) {
    case 'object':
      return fillObject(schema, place, filling)
    case 'array':
      return fillArray(schema, place, filling)
    case 'integer':
    case 'number':
      return fillNumber(schema, place, filling.source)
    case 'boolean':
      return fillBoolean(place, filling.source)
    case 'null':
      return null
    default:
      return fillString(schema, place, filling.source)
  }
}

/** Far down, where recursion has to end, and where a plan's step needs no tool. */
function isBetterNull(place: Place): boolean {
  return place.depth > deepest || needsNoTool(place)
}

function fillObject(schema: Schema, place: Place, filling: Filling): Record<string, unknown> {
  const { source } = filling
  const required = new Set(requiredOf(schema))
  const values = new Map<string, unknown>()
  let numbers = 0
  for (const [name, property] of propertiesOf(schema)) {
    const known = place.depth === 0 ? source.known?.get(name) : undefined
    const isNumber = isNumeric(resolve(property, filling, place.depth))
    const index = place.index + (isNumber ? numbers++ : 0)
    const isWanted =
      required.has(name) ||
      (source.optional ? place.depth < deepest : isStated(name, isNumber, source.text))
    const inside = { ...place, name, index, depth: place.depth + 1 }
    if (known !== undefined) values.set(name, known)
    else if (isWanted) values.set(name, fillValue(property, inside, filling))
  }
  for (const name of required) {
    const inside = { ...place, name, depth: place.depth + 1 }
    if (!values.has(name))
      values.set(name, fillValue(schema['additionalProperties'], inside, filling))
  }
  return Object.fromEntries(values)
}

function isNumeric(schema: Schema): boolean {
  const type = typeOf(schema)
  return type === 'number' || type === 'integer'
}

function isStated(name: string, isNumber: boolean, text: string): boolean {
  return (
    statedText(name, text) !== undefined || (isNumber && statedNumber(name, text) !== undefined)
  )
}

function fillArray(schema: Schema, place: Place, filling: Filling): unknown[] {
  const { minItems, maxItems, prefixItems, items } = schema
  const least = typeof minItems === 'number' ? minItems : 0
  const most = typeof maxItems === 'number' ? maxItems : mostItems
  const heads: unknown[] = Array.isArray(prefixItems) ? prefixItems : []
  const hasItems = items !== false && (isObject(items) || heads.length === 0)
  const wanted = place.depth > deepest ? [] : itemsFor(place, items, filling)
  const length = Math.min(
    Math.max(heads.length, least, hasItems ? wanted.length : 0),
    most,
    mostItems,
  )
  return Array.from({ length }, (_, index) => {
    const item = wanted[index]
    if (item && 'value' in item) return item.value
    const inside = { ...place, depth: place.depth + 1, index }
    const task = item?.task
    return fillValue(heads[index] ?? items, task ? { ...inside, task } : inside, filling)
  })
}
