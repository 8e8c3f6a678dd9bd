import { isObject } from '../arguments/coerce.ts'
import { isCutOff, parseLooseJson } from '../arguments/loose-json.ts'

/** A call as a model wrote it in its text. `name` is '' where the call cannot be read. */
export interface RawCall {
  name: string
  /** JSON, as far as it is. */
  arguments: string
}

const nameKeys = ['name', 'tool', 'tool_name', 'function_name', 'action']
const argumentKeys = ['arguments', 'parameters', 'args', 'input', 'action_input', 'tool_input']

/** Whether an object that may be a call is one. */
type CallTest = (object: Record<string, unknown>) => boolean

/** The calls in a JSON text: one object, a list of them, or several one after the other. None where any of it is no call. */
export function readCalls(json: string, isCall: CallTest = () => true): RawCall[] {
  const parts = splitObjects(json)
  const values = (parts.length > 1 ? parts : [json]).map((part) => parseLooseJson(part))
  const calls = values
    .flatMap((value) => (value.ok ? value.value : [undefined]))
    .map((value) => (isObject(value) && isCall(value) ? toCall(value) : undefined))
  return calls.some((call) => call === undefined) ? [] : calls.filter((call) => call !== undefined)
}

const wireKeys = ['id', 'index', 'type', 'function']
const bareKeys = ['name', 'arguments', 'parameters']

/** What has a call's keys and no others: an answer may have a `name` or an `action` as well, a tool's definition `parameters`. */
export function isBareCall(object: Record<string, unknown>): boolean {
  const inner = object['function']
  if (isObject(inner)) return hasOnly(object, wireKeys) && isBareCall(inner)
  const isWithArguments = bareKeys.slice(1).some((key) => Object.hasOwn(object, key))
  return isWithArguments && hasOnly(object, [...wireKeys, ...bareKeys])
}

function hasOnly(object: Record<string, unknown>, keys: readonly string[]): boolean {
  return Object.keys(object).every((key) => keys.includes(key))
}

function toCall(outer: Record<string, unknown>): RawCall | undefined {
  // `{"type": "function", "function": {"name": …}}`, as on OpenAI's wire.
  const inner = outer['function']
  if (isObject(inner)) return toCall(inner)
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
  const trimmed = text.trim()
  const objects: string[] = []
  let at = 0
  for (const { end, next } of takeObjects(trimmed)) {
    objects.push(trimmed.slice(at, end))
    at = next
  }
  return at === trimmed.length ? objects : []
}

/** The whole objects that a text begins with: where each ends, and where what comes after it begins. */
export function* takeObjects(text: string): Generator<{ end: number; next: number }> {
  const between = /[\s;,]*/y
  for (let at = 0; text[at] === '{'; at = between.lastIndex) {
    const end = objectEnd(text, at)
    if (end === -1) return
    between.lastIndex = end
    between.test(text)
    yield { end, next: between.lastIndex }
  }
}

/** Where the object or list that begins at `from` ends; -1 where it does not. */
export function objectEnd(text: string, from = 0): number {
  let depth = 0
  let open = false
  for (let at = from; at < text.length; at += 1) {
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
  return /"?(?:name|tool|function|action)"?\s*[:=]\s*"?([\w.-]+)/.exec(text)?.[1] ?? ''
}

export function isWhole(json: string): boolean {
  return !isCutOff(json)
}
