import { evaluate } from '../arithmetic/evaluate.ts'
import { findExpression } from '../arithmetic/from-words.ts'
import { topicOf } from '../clauses.ts'
import type { Conversation } from '../conversation.ts'
import { fill } from './fill.ts'
import { subjectOf } from './plan.ts'
import { isObject, type Schema } from './schema.ts'
import { respondWithSlides } from '../slides/respond.ts'
import type { ResponseFormat } from './response-format.ts'

const longestText = 6000

/** The JSON that a response format asks for; undefined where it asks for words. */
export function respondInJson(
  format: ResponseFormat,
  answer: string,
  conversation: Conversation,
): string | undefined {
  const slides = respondWithSlides(format, conversation.ask)
  if (slides !== undefined) return slides
  const schema = schemaOf(format, conversation)
  if (!schema) return undefined
  const text = conversation.ask.slice(0, longestText)
  const subject = subjectOf(text)
  const expression = findExpression(subject.slice(0, 400), conversation.previous)
  const number = expression && evaluate(expression)
  const source = { text, answer, number, topic: topicOf(subject), optional: true }
  return JSON.stringify(fill(schema, source))
}

function schemaOf(format: ResponseFormat, { ask, system }: Conversation): Schema | undefined {
  if (format?.type === 'json_object') return schemaFromWords(`${ask}\n${system}`)
  if (format?.type !== 'json_schema') return undefined
  const holder = format['json_schema']
  const schema = isObject(holder) ? holder['schema'] : undefined
  return isObject(schema) ? schema : schemaFromWords(ask)
}

const keyList =
  /\b(?:keys?|fields?|propert(?:y|ies)|attributes?)\b\s*(?:named|called|:|are|=)?\s*((?:["'`]?[\w-]+["'`]?(?:\s*,\s*(?:and\s+)?|\s+and\s+))*["'`]?[\w-]+["'`]?)/i

/** "JSON with the keys name and age": an object of these; without keys an object with the answer. */
function schemaFromWords(text: string): Schema {
  const [, list = 'answer'] = keyList.exec(text) ?? []
  const names = list
    .split(/\s*,\s*(?:and\s+)?|\s+and\s+/)
    .map((name) => name.replaceAll(/["'`]/g, ''))
  const properties = names.map((name) => [
    name,
    {
      type: /^(?:age|count|number|quantity|amount|total|year|price)$/i.test(name)
        ? 'number'
        : 'string',
    },
  ])
  return { type: 'object', properties: Object.fromEntries(properties), required: names }
}
