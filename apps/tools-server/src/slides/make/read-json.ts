import { jsonrepair } from 'jsonrepair'
import type { z } from 'zod'

/** More than any honest answer, and less than a repair would choke on. */
const longest = 200_000

/** The JSON in what a model said, beside its thoughts, fences and courtesies; mended where it is nearly JSON. */
export function readJson<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): { value: z.output<Schema> } | { why: string } {
  const found = findJson(text.slice(0, longest))
  if (found === undefined) return { why: 'there is no JSON object in it' }
  const parsed = schema.safeParse(found)
  if (parsed.success) return { value: parsed.data }
  const [issue] = parsed.error.issues
  return {
    why: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it does not fit the schema'}`,
  }
}

function findJson(text: string): unknown {
  const said = text.replaceAll(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi, '')
  const fenced = /```(?:json)?\s*\n([\s\S]*?)(?:```|$)/i.exec(said)?.[1]
  for (const candidate of [fenced, said]) {
    const from = candidate?.search(/[[{]/) ?? -1
    if (candidate === undefined || from < 0) continue
    const value = parse(candidate.slice(from))
    if (typeof value === 'object' && value !== null) return value
  }
  return undefined
}

function parse(text: string): unknown {
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))
  for (const attempt of [
    () => JSON.parse(text.slice(0, end + 1)) as unknown,
    () => JSON.parse(jsonrepair(text.slice(0, end + 1))) as unknown,
    () => JSON.parse(jsonrepair(text)) as unknown,
  ]) {
    try {
      return attempt()
    } catch {
      // The next attempt is more forgiving.
    }
  }
  return undefined
}
