import { z } from 'zod'
import { usageSchema } from '@tandem/schemas'

/** A piece of a call. Null and undefined are the same: the server did not say. */
export interface ToolCallDelta {
  index?: number | null | undefined
  id?: string | null | undefined
  function?:
    { name?: string | null | undefined; arguments?: string | null | undefined } | null | undefined
}

/** What a chunk adds to a choice. */
export interface Delta {
  text: string
  reasoning: string
  refusal: string
  calls: ToolCallDelta[]
}

const word = z.string().nullish().catch(undefined)
const oneOrMany = z.union([z.array(z.unknown()), z.looseObject({})])
const text = z.union([z.string(), oneOrMany]).nullish()
const deltaSchema = z
  .looseObject({
    content: text,
    reasoning_content: text,
    reasoning: text,
    refusal: text,
    tool_calls: oneOrMany.nullish(),
  })
  .transform(toDelta)

/** A streamed chunk, as little of it as we read; servers leave out, null or spell what they please. */
export const chunkSchema = z.looseObject({
  id: word,
  model: word,
  choices: z.array(z.looseObject({ delta: deltaSchema.nullish(), finish_reason: word })).nullish(),
  usage: usageSchema.nullish().catch(undefined),
})
export type Chunk = z.infer<typeof chunkSchema>

type Fields = Record<string, unknown>

function toDelta(delta: Fields): Delta {
  const parts = toParts(delta['content'])
  const thoughts = parts.filter(isThought).map(toText).join('')
  return {
    text: parts
      .filter((part) => !isThought(part))
      .map(toText)
      .join(''),
    reasoning: toText(delta['reasoning_content']) || toText(delta['reasoning']) || thoughts,
    refusal: toText(delta['refusal']),
    calls: [...toCalls(delta['tool_calls']), ...legacyCall(delta['function_call'])],
  }
}

function toParts(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

function isThought(part: unknown): boolean {
  return isFields(part) && (part['type'] === 'thinking' || part['type'] === 'reasoning')
}

/** A text; Mistral's lists of parts and its thoughts, which are such a list again. '' for what has none. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(toText).join('')
  return isFields(value) ? toText(value['text'] ?? value['thinking']) : ''
}

function toCalls(value: unknown): ToolCallDelta[] {
  return toParts(value).filter(isFields).map(toCall)
}

function toCall({ index, id, function: called }: Fields): ToolCallDelta {
  const { name, arguments: args } = isFields(called) ? called : {}
  return {
    index: toIndex(index),
    id: toWord(id),
    function: {
      name: toWord(name),
      arguments: isFields(args) ? JSON.stringify(args) : toWord(args),
    },
  }
}

function toIndex(value: unknown): number | undefined {
  const index = typeof value === 'string' ? Number.parseInt(value, 10) : value
  return Number.isInteger(index) && Number(index) >= 0 ? Number(index) : undefined
}

function toWord(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** `function_call` of servers and callers of old; the name stands for the id, as in the caller's own messages. */
function legacyCall(value: unknown): ToolCallDelta[] {
  if (!isFields(value)) return []
  const call = toCall({ index: 0, function: value })
  const name = call.function?.name
  return [{ ...call, id: name ? `call_${name}` : undefined }]
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
