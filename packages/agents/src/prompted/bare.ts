/** Calls that are JSON and bear no mark: Llama's, and what models make of the syntax that we ask for. */
import { isBareCall, nameIn, readCalls, takeObjects, type RawCall } from './raw-calls.ts'
import { areKnown, type ReadContext, type Reading } from './syntax.ts'

interface BareContext extends ReadContext {
  /** It may as well be an answer in JSON, so only what has the keys of a call and no others is one. */
  strict: boolean
}

const pythonTag = '<|python_tag|>'

/**
 * `{"name": …, "parameters": …}`, several of them or a list, and nothing else: the whole reply in native mode, its end
 * where calls are asked for. What is known to be no call is passed whole, so that no text is read time and again.
 */
export function readBare(text: string, context: ReadContext): Reading {
  if (!context.final && pythonTag.startsWith(text)) return 'more'
  const tagged = text.startsWith(pythonTag)
  if (!tagged && (!/^[{[]/.test(text) || !mayStand(context))) return 'no'
  const lead = /^(?:<\|python_tag\|>)?\s*(?:\[\s*)?/.exec(text)?.[0].length ?? 0
  const json = text.slice(lead)
  const bare = { ...context, strict: !tagged && (!context.prompted || context.json) }
  if (json === '') return context.final ? 'no' : 'more'
  if (!couldBeCall(json, bare)) return 'no'
  const reading = readObjects(json, bare)
  if (typeof reading === 'string') return reading
  return { ...reading, length: lead + reading.length }
}

function mayStand({ fresh, lineStart, prompted, json }: ReadContext): boolean {
  return prompted ? lineStart : fresh && !json
}

const callKeys = [
  'name',
  'type',
  'function',
  'tool',
  'tool_name',
  'action',
  'arguments',
  'parameters',
]
const strictKeys = ['name', 'type', 'function', 'arguments', 'parameters']
const firstKey = /^\{\s*["']?(\w*)(["']?\s*:)?/
const firstValue = /^\{\s*["']?(?:name|(type))["']?\s*:\s*["']([^"']*)["']/

/** Ruled out as soon as the first key or its value shows that this is an answer in JSON. */
function couldBeCall(json: string, { names, strict }: BareContext): boolean {
  const [, key = '', complete] = firstKey.exec(json) ?? []
  if (!json.startsWith('{')) return false
  const keys = strict ? strictKeys : callKeys
  if (!complete) return keys.some((known) => known.startsWith(key))
  if (!keys.includes(key)) return false
  const [, isType, value] = firstValue.exec(json) ?? []
  if (value === undefined) return true
  return isType ? /^(?:function|tool)/.test(value) : names.has(value)
}

/** The marks of Llama's ends; brackets too many are harmless. */
const ending = /^[\s;,}\]]*(?:<\|e(?:om|ot)_id\|>\s*)?$/
const endMarks = ['<|eom_id|>', '<|eot_id|>']

function readObjects(json: string, context: BareContext): Reading {
  const calls: RawCall[] = []
  let end = 0
  let next = 0
  for (const object of takeObjects(json)) {
    const read = readCalls(json.slice(next, object.end), context.strict ? isBareCall : undefined)
    ;({ end, next } = object)
    if (!areKnown(read, context)) return { calls: [], length: end }
    calls.push(...read)
  }
  const rest = json.slice(next)
  if (!context.final) return mayGoOn(rest) ? 'more' : { calls: [], length: end }
  const last = rest.startsWith('{') ? readBroken(rest, context) : []
  const isOver = calls.length > 0 && ending.test(rest)
  if (last.length > 0 || isOver) return { calls: [...calls, ...last], length: json.length }
  return end === 0 ? 'no' : { calls: [], length: end }
}

function mayGoOn(rest: string): boolean {
  const mark = rest.replace(/^[\s;,}\]]+/, '')
  return (
    rest.startsWith('{') || ending.test(rest) || endMarks.some((known) => known.startsWith(mark))
  )
}

/** An object that was never closed: a call where only brackets are missing, else half a one. */
function readBroken(json: string, context: BareContext): RawCall[] {
  const name = nameIn(json)
  if (!context.names.has(name)) return []
  const calls = readCalls(json, context.strict ? isBareCall : undefined)
  return areKnown(calls, context) ? calls : [{ name, arguments: json }]
}
