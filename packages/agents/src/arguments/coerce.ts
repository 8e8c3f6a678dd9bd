import type { JsonSchema } from '@tandem/tools'

/**
 * The value that was meant: "5" for a number, one thing for a list of one, JSON in a string, a key in other letters, a null
 * for what may be left out. What fits the schema stays as it is, what cannot be read as meant stays as wrong as it was.
 */
export function coerce(schema: JsonSchema, value: unknown): unknown {
  const choice = choose(schema, value)
  const types = typesOf(choice)
  if (types.length === 0 || types.some((type) => isOfType(type, value))) {
    return coerceInside(choice, value)
  }
  for (const type of types) {
    const coerced = toType(type, choice, value)
    if (coerced !== undefined) return coerceInside(choice, coerced)
  }
  return value
}

function coerceInside(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    return isObject(items) ? value.map((item) => coerce(items, item)) : value
  }
  if (isObject(value)) return coerceObject(schema, value)
  return typeof value === 'string' ? toChoice(schema, value) : value
}

function coerceObject(schema: JsonSchema, value: Record<string, unknown>): unknown {
  const properties = isObject(schema['properties']) ? schema['properties'] : undefined
  if (!properties) return value
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const closed = schema['additionalProperties'] === false
  const entries = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    const name = nameFor(key, properties, value)
    const wanted = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (wanted === undefined && closed) return []
    if (!isObject(wanted)) return [[name, member]]
    const leftOut = member === null && !required.includes(name) && !allowsNull(wanted)
    return leftOut ? [] : [[name, coerce(wanted, member)]]
  })
  return Object.fromEntries(entries)
}

/** `maxResults` for `max_results`: the same letters in another case, where that one is not given as well. */
function nameFor(
  key: string,
  properties: Record<string, unknown>,
  value: Record<string, unknown>,
): string {
  if (Object.hasOwn(properties, key)) return key
  const letters = lettersOf(key)
  const like = Object.keys(properties).filter(
    (name) => lettersOf(name) === letters && !Object.hasOwn(value, name),
  )
  return like[0] ?? key
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** Of a schema's alternatives the one that the value is nearest to. */
function choose(schema: JsonSchema, value: unknown): JsonSchema {
  const choices = [schema['anyOf'], schema['oneOf']].find(Array.isArray)?.filter(isObject) ?? []
  const fitting = choices.find((choice) => typesOf(choice).some((type) => isOfType(type, value)))
  return fitting ?? choices.find((choice) => !allowsNull(choice)) ?? schema
}

function typesOf({ type }: JsonSchema): string[] {
  if (typeof type === 'string') return [type]
  return Array.isArray(type) ? type.filter((name) => typeof name === 'string') : []
}

function allowsNull(schema: JsonSchema): boolean {
  const choices = [schema['anyOf'], schema['oneOf']].find(Array.isArray) ?? []
  return typesOf(schema).includes('null') || choices.filter(isObject).some(allowsNull)
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === type
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'null':
      return value === null
    default:
      return true
  }
}

/** The value as one of this type; undefined where it cannot be meant. */
function toType(type: string, schema: JsonSchema, value: unknown): unknown {
  switch (type) {
    case 'number':
    case 'integer':
      return toNumber(type, value)
    case 'boolean':
      return typeof value === 'string' ? booleans.get(value.trim().toLowerCase()) : undefined
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
    case 'array':
      return toArray(schema, value)
    case 'object':
      return toObject(schema, value)
    default:
      return undefined
  }
}

const booleans = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
])

function toNumber(type: string, value: unknown): number | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) && isOfType(type, number) ? number : undefined
}

function toArray({ items }: JsonSchema, value: unknown): unknown {
  const parsed = typeof value === 'string' ? parseJson(value) : undefined
  if (Array.isArray(parsed)) return parsed
  if (value === null || value === undefined) return undefined
  return [isObject(items) ? coerce(items, value) : value]
}

/** JSON in a string; else the one argument that a tool with a single required one can mean. */
function toObject(schema: JsonSchema, value: unknown): unknown {
  const parsed = typeof value === 'string' ? parseJson(value) : undefined
  if (isObject(parsed)) return parsed
  if (Array.isArray(value) && value.length === 1 && isObject(value[0])) return value[0]
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : []
  const names = isObject(schema['properties']) ? Object.keys(schema['properties']) : []
  const only = required.length === 1 ? required[0] : names.length === 1 ? names[0] : undefined
  if (typeof only !== 'string' || value === null || isObject(value)) return undefined
  return { [only]: value }
}

/** An enumerated word in other letters. */
function toChoice(schema: JsonSchema, value: string): unknown {
  const allowed: unknown[] = Array.isArray(schema['enum']) ? schema['enum'] : []
  if (allowed.length === 0 || allowed.includes(value)) return value
  const letters = lettersOf(value)
  return allowed.find((word) => typeof word === 'string' && lettersOf(word) === letters) ?? value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
