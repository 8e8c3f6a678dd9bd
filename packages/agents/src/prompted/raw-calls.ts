import { isCutOff, parseLooseJson } from '../arguments/loose-json.ts'

/** A call as a model wrote it in its text. `name` is '' where the call cannot be read. */
export interface RawCall {
  name: string
  /** JSON, as far as it is. */
  arguments: string
}

const nameKeys = ['name', 'tool', 'tool_name', 'function_name', 'action']
const argumentKeys = ['arguments', 'parameters', 'args', 'input', 'action_input', 'tool_input']

/** The calls in a JSON text: one object, a list of them, or several one after the other. None where it holds no call. */
export function readCalls(json: string): RawCall[] {
  const parts = splitObjects(json)
  const values = (parts.length > 1 ? parts : [json]).map((part) => parseLooseJson(part))
  const calls = values.flatMap((value) => (value.ok ? toCalls(value.value) : [undefined]))
  return calls.some((call) => call === undefined) ? [] : calls.filter((call) => call !== undefined)
}

function toCalls(value: unknown): (RawCall | undefined)[] {
  return Array.isArray(value) ? value.map(toCall) : [toCall(value)]
}

function toCall(value: unknown): RawCall | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const outer = value as Record<string, unknown>
  // `{"type": "function", "function": {"name": …}}`, as on OpenAI's wire.
  const inner = outer['function']
  if (typeof inner === 'object' && inner !== null) return toCall(inner)
  const name = typeof inner === 'string' ? inner : firstOf(outer, nameKeys)
  if (typeof name !== 'string') return undefined
  const given = firstOf(outer, argumentKeys)
  return { name, arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}) }
}

function firstOf(value: Record<string, unknown>, keys: readonly string[]): unknown {
  const key = keys.find((name) => Object.hasOwn(value, name))
  return key === undefined ? undefined : value[key]
}

/** `{…}; {…}` and `{…}\n{…}` as their objects; anything else between them makes it none. */
export function splitObjects(text: string): string[] {
  const objects: string[] = []
  let rest = text.trim()
  while (rest.startsWith('{')) {
    const end = objectEnd(rest)
    if (end === -1) return []
    objects.push(rest.slice(0, end))
    rest = rest.slice(end).replace(/^[\s;,]+/, '')
  }
  return rest === '' ? objects : []
}

/** Where the object or list that the text begins with ends; -1 where it does not. */
export function objectEnd(text: string): number {
  let depth = 0
  let open = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (open && character === '\\') at += 1
    else if (character === '"') open = !open
    else if (open) continue
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return -1
}

/** The name in a call that broke off or cannot be read, as far as it can be told. */
export function nameIn(text: string): string {
  return /"?(?:name|tool|function)"?\s*[:=]\s*"?([\w.-]+)/.exec(text)?.[1] ?? ''
}

export function isWhole(json: string): boolean {
  return !isCutOff(json)
}
