import { capitalised } from '../clauses.ts'
import { skillFor } from '../tools/wishes.ts'
import { textMatching } from './pattern.ts'
import { subjectOf } from './plan.ts'
import { likely, statedNumber, statedText, wordsOf } from './said.ts'
import type { Schema } from './schema.ts'
import type { Place, Source } from './source.ts'

const answers =
  /answer|response|reply|message|output|result|explanation|summary|content|text|reasoning|thought|description/
const tasks =
  /task|step|description|title|name|action|instruction|content|text|what|goal|objective|summary/

export function fillString(schema: Schema, place: Place, source: Source): string {
  const { pattern } = schema
  if (typeof pattern === 'string' && !formatOf(schema)) return textMatching(pattern)
  return sized(stringFor(schema, place, source), schema)
}

function stringFor(schema: Schema, place: Place, source: Source): string {
  const { name, task } = place
  const format = formatOf(schema)
  const spoken = wordsOf(name).join(' ')
  if (task && /^(?:step )?id$/.test(spoken)) return task.id
  if (task && tasks.test(spoken)) return task.text
  if (task && /\btool\b/.test(spoken)) return skillFor(task.text) ?? 'none'
  if (/goal|objective/.test(spoken)) return capitalised(subjectOf(source.text))
  const found = statedText(name, source.text) ?? likely(name, task?.text ?? source.text)
  if (format) return found !== undefined && format.test.test(found) ? found : format.example
  if (found !== undefined) return found
  if (answers.test(spoken)) return source.answer
  if (/^id$|\bid$/.test(spoken)) return String(place.index + 1)
  return capitalised(task?.text ?? source.topic)
}

function formatOf({ format }: Schema): Format | undefined {
  return typeof format === 'string' ? formats.get(format) : undefined
}

interface Format {
  test: RegExp
  example: string
}

/** Examples on the names and addresses that are reserved for examples. */
const formats: ReadonlyMap<string, Format> = new Map(
  Object.entries<Format>({
    'date-time': {
      test: /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/,
      example: '2026-01-01T12:00:00Z',
    },
    date: { test: /^\d{4}-\d\d-\d\d$/, example: '2026-01-01' },
    time: { test: /^\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/, example: '12:00:00Z' },
    duration: { test: /^P\S+$/, example: 'PT1H' },
    email: { test: /^\S+@\S+\.\S+$/, example: 'someone@example.com' },
    hostname: { test: /^[\w-]+(?:\.[\w-]+)+$/, example: 'example.com' },
    uri: { test: /^[a-z][a-z\d+.-]*:\S+$/i, example: 'https://example.com' },
    url: { test: /^https?:\S+$/i, example: 'https://example.com' },
    uuid: {
      test: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
      example: '00000000-0000-4000-8000-000000000000',
    },
    ipv4: { test: /^\d{1,3}(?:\.\d{1,3}){3}$/, example: '192.0.2.1' },
    ipv6: { test: /^[\da-f:]*:[\da-f:]*$/i, example: '2001:db8::1' },
  }),
)

const mostPadding = 2000

function sized(text: string, { minLength, maxLength }: Schema): string {
  const cut = typeof maxLength === 'number' ? Array.from(text).slice(0, maxLength).join('') : text
  // Lengths count code points, as JSON Schema does.
  const missing = typeof minLength === 'number' ? minLength - Array.from(cut).length : 0
  return cut + '.'.repeat(Math.min(Math.max(missing, 0), mostPadding))
}

export function fillNumber(schema: Schema, place: Place, source: Source): number {
  const spoken = wordsOf(place.name).join(' ')
  const counted = /^(?:step )?(?:id|number|index|order|step|n)$/.test(spoken) && place.task
  const stated = counted ? Number(place.task?.id) : statedNumber(place.name, source.text)
  const asked = /answer|result|value|output|total|sum/.test(spoken) ? source.number : undefined
  return within(schema, stated ?? asked ?? firstNumber(place, source) ?? source.number ?? 1)
}

/** Numbers that the text gives without a name go to the places in their order. */
function firstNumber({ index }: Place, { text }: Source): number | undefined {
  const numbers = text.match(/(?<![\w.])-?\d+(?:\.\d+)?/g) ?? []
  const number = numbers[index] ?? numbers[0]
  return number === undefined ? undefined : Number(number)
}

/** The nearest number that the schema allows. */
function within(schema: Schema, value: number): number {
  const { type, multipleOf } = schema
  const isInteger = type === 'integer' || (Array.isArray(type) && !type.includes('number'))
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : isInteger ? 1 : 0
  const unit = step || 1
  const bound = (key: string): number | undefined =>
    typeof schema[key] === 'number' ? schema[key] : undefined
  const above = bound('exclusiveMinimum')
  const below = bound('exclusiveMaximum')
  const least = Math.max(
    bound('minimum') ?? -Infinity,
    above === undefined ? -Infinity : above + epsilon(unit, step),
  )
  const most = Math.min(
    bound('maximum') ?? Infinity,
    below === undefined ? Infinity : below - epsilon(unit, step),
  )
  const clamped = Math.min(Math.max(value, least), most)
  if (step === 0) return clamped
  const rounded = Math.round(clamped / step) * step
  if (rounded < least) return Math.ceil(least / step) * step
  return rounded > most ? Math.floor(most / step) * step : rounded
}

/** How far from an excluded bound: a little, or less than one step. */
function epsilon(unit: number, step: number): number {
  return step === 0 ? unit / 1000 : step / 2
}
