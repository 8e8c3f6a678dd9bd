/** Asks a model for JSON of a shape, also models that only half know how. */
import { z } from 'zod'
import { AppError, type Message } from '@tandem/schemas'
import type { Patience } from './hear.ts'
import { readJson } from './read-json.ts'

export interface Question {
  messages: Message[]
  temperature: number
  response_format?: { type: string; [key: string]: unknown }
}

/** Puts a question to the model of this deck, and hears the answer. @throws AppError */
export type Ask = (question: Question, patience: Patience) => Promise<string>

export interface JsonQuestion<Schema extends z.ZodType> {
  /** What the shape is called: `deck_outline`. */
  name: string
  schema: Schema
  system: string
  user: string
}

/** The value; or, where no JSON came even when asked again, what the model said instead. */
export type JsonAnswer<Value> = { value: Value } | { text: string }

export interface JsonModel {
  ask<Schema extends z.ZodType>(
    question: JsonQuestion<Schema>,
    patience: Patience,
  ): Promise<JsonAnswer<z.output<Schema>>>
}

/** Errors that may mean no more than that this model takes no `response_format`. */
const mayBeTheFormat = new Set(['upstream_error', 'invalid_request', 'unsupported_parameter'])

/** For one deck: what is learnt of the model is kept for its next questions. */
export function createJsonModel(ask: Ask): JsonModel {
  let takesFormat = true
  const send = async (
    question: JsonQuestion<z.ZodType>,
    messages: Message[],
    patience: Patience,
  ): Promise<string> => {
    const plain = { messages, temperature: 0.3 }
    if (!takesFormat) return ask(plain, patience)
    try {
      return await ask({ ...plain, response_format: toFormat(question) }, patience)
    } catch (error) {
      if (!(error instanceof AppError) || !mayBeTheFormat.has(error.code)) throw error
      const text = await ask(plain, patience)
      takesFormat = false
      return text
    }
  }
  return {
    async ask(question, patience) {
      const messages = toMessages(question)
      const first = await send(question, messages, patience)
      const read = readJson(first, question.schema)
      if ('value' in read) return read
      if (patience.deadline.aborted) return { text: first.trim() }
      const again = await send(question, [...messages, ...toReminder(first, read.why)], patience)
      const second = readJson(again, question.schema)
      return 'value' in second ? second : { text: again.trim() || first.trim() }
    },
  }
}

function toFormat({ name, schema }: JsonQuestion<z.ZodType>): Question['response_format'] {
  return { type: 'json_schema', json_schema: { name, strict: true, schema: toJsonSchema(schema) } }
}

function toJsonSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'output',
    // The bounds of safe integers mean nothing to a model, and much to who makes a grammar of them.
    override({ jsonSchema }) {
      if (jsonSchema.type !== 'integer') return
      delete jsonSchema.minimum
      delete jsonSchema.maximum
    },
  })
  return rest
}

/** The shape stands in the words too: not every server makes its model keep to a schema. */
function toMessages({ system, schema, user }: JsonQuestion<z.ZodType>): Message[] {
  const shape = JSON.stringify(toJsonSchema(schema))
  return [
    {
      role: 'system',
      content: `${system}\n\nAnswer with one JSON object and nothing else. Its JSON Schema:\n${shape}`,
    },
    { role: 'user', content: user },
  ]
}

function toReminder(said: string, why: string): Message[] {
  return [
    { role: 'assistant', content: said.slice(0, 4000) },
    {
      role: 'user',
      content: `That is not what was asked for: ${why}. Answer again with the JSON object alone.`,
    },
  ]
}
