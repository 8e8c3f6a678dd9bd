import { topicOf } from '../clauses.ts'
import { fill } from '../json/fill.ts'
import { propertiesOf, requiredOf, resolve, typeOf, type Schema } from '../json/schema.ts'
import { isPlanName } from '../json/plan.ts'
import type { OfferedTool } from './offered.ts'
import type { Wish } from './wishes.ts'

/** What a parameter holds, by the words of its name. */
const kinds: readonly (readonly [name: RegExp, kind: keyof Wish])[] = [
  [/^file(?:_?name)?$/i, 'file'],
  [/^pages?$/i, 'pages'],
  [/^lines?$/i, 'lines'],
  [/time_?zone|^tz$/i, 'timezone'],
  [/expr|formula|equation|calculation/i, 'expression'],
  [/code|script|source|program/i, 'code'],
  [/city|location|place|address|country|region/i, 'place'],
  [/query|question|search|topic|keyword|subject|title|^q$/i, 'query'],
  [/^material$/i, 'material'],
  [/instruction|prompt|task|request|goal|text|message|description|input/i, 'text'],
]

/** The arguments of a call as JSON: what is wished for under the parameters that hold it, the rest filled from the clause. */
export function toArguments(tool: OfferedTool, wish: Wish, clause: string): string {
  const parameters =
    tool.skill === 'slides' ? withoutSettings(tool.parameters, wish) : tool.parameters
  const known = place(wish, parameters)
  const topic = topicOf(clause)
  return JSON.stringify(
    fill(
      { type: 'object', ...parameters },
      { text: clause, answer: clause, topic, known, optional: false },
    ),
  )
}

/** "A deck about the Python language: basics" sets no language; only what must be there is set beside the wish. */
function withoutSettings(parameters: Schema, { material, fileNames }: Wish): Schema {
  const required = requiredOf(parameters)
  const kept = propertiesOf(parameters).filter(
    ([name]) =>
      required.includes(name) ||
      !settings.test(name) ||
      (name === 'material' && material) ||
      (name === 'files' && fileNames),
  )
  return { ...parameters, properties: Object.fromEntries(kept) }
}

const settings = /^(?:model|language|deck|markdown|theme|material|files|collections|formats)$/

/** Each value where a parameter's name asks for its kind; the main one under the first text parameter otherwise. */
function place(wish: Wish, parameters: Schema): ReadonlyMap<string, unknown> {
  const required = requiredOf(parameters)
  const texts = textParameters(parameters)
  const placed = texts.flatMap((name) => {
    const kind = kinds.find(([words]) => words.test(name))?.[1]
    const value = kind && wish[kind]
    return value === undefined ? [] : [[name, value] as const]
  })
  const [main] = Object.values(wish) as string[]
  const isMainPlaced = placed.some(([, value]) => value === main)
  const [first] = texts.filter((name) => required.includes(name) || required.length === 0)
  if (main !== undefined && !isMainPlaced && first !== undefined && takesMain(wish)) {
    placed.unshift([first, main])
  }
  const takesFiles = propertiesOf(parameters).some(([name]) => name === 'files')
  const files = takesFiles && wish.fileNames ? [['files', wish.fileNames] as const] : []
  return new Map<string, unknown>([...placed, ...files])
}

/** A time zone under some other name would be wrong more often than right. */
function takesMain(wish: Wish): boolean {
  return wish.timezone === undefined
}

function textParameters(parameters: Schema): string[] {
  const document = { root: parameters, work: 200 }
  return propertiesOf(parameters)
    .filter(([name, schema]) => {
      const resolved = resolve(schema, document, 0)
      const type = typeOf(resolved) ?? 'string'
      return (
        type === 'string' && !('enum' in resolved) && !('const' in resolved) && !isPlanName(name)
      )
    })
    .map(([name]) => name)
}
