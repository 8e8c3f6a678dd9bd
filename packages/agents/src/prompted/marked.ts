/** Syntaxes that mark a call at both ends: fenced blocks, Hermes and Qwen tags. */
import { isBareCall, isWhole, nameIn, objectEnd, readCalls, type RawCall } from './raw-calls.ts'
import { areKnown, type ReadContext, type Reading } from './syntax.ts'

const callFence = /^tool[_-]?calls?$/i
const longestInfo = 40

/** ```` ```tool_call ````, the syntax that we ask for. Where that is not native, a reply that is all one ```` ```json ```` too. */
export function readFence(text: string, context: ReadContext): Reading {
  if (!context.lineStart) return 'no'
  const opening = /^(`{3,}|~{3,})[ \t]*([\w-]*)[ \t]*(\r?\n)?/.exec(text)
  if (!opening) return couldGrow(text, context) ? 'more' : 'no'
  const [head, fence = '', info = '', lineEnd] = opening
  if (!lineEnd && !context.final && /^\r?$/.test(text.slice(head.length))) {
    return text.length < longestInfo ? 'more' : 'no'
  }
  if (callFence.test(info))
    return readBody(text, { from: head.length, end: new RegExp(fence, 'g') }, context)
  const asJson = lineEnd && context.prompted && context.fresh && /^(json)?$/i.test(info)
  return asJson ? readWholeReply(text, head.length, context) : 'no'
}

/** Only the beginning of a fence is there yet. */
function couldGrow(text: string, { final }: ReadContext): boolean {
  return !final && /^(`{1,2}|~{1,2})$/.test(text)
}

/** A fenced block that is the whole reply. */
function readWholeReply(text: string, from: number, context: ReadContext): Reading {
  const body = text.slice(from).trimStart()
  if (body !== '' && !/^[[{]/.test(body)) return 'no'
  if (!context.final) return 'more'
  const end = body.lastIndexOf('\n```')
  if (end === -1 || body.slice(end + 4).trim() !== '') return 'no'
  const calls = readCalls(body.slice(0, end), context.json ? isBareCall : undefined)
  return areKnown(calls, context) ? { calls, length: text.length } : 'no'
}

const tags = /^<(tool_calls?|function_calls?|tools?_call)\s*>/i
const openers = ['<tool_call>', '<tool_calls>', '<function_call>', '<function_calls>', '<function=']

/** `<tool_call>{…}</tool_call>`, and Qwen's `<function=name><parameter=key>value</parameter></function>` in or without it. */
export function readTag(text: string, context: ReadContext): Reading {
  const [opening, name] = tags.exec(text) ?? []
  if (opening) {
    const end = new RegExp(String.raw`</?${name}\s*>`, 'gi')
    return readBody(text, { from: opening.length, end }, context)
  }
  if (/^<function=[\w.-]*/.test(text))
    return readBody(text, { from: 0, end: /<\/function>/g }, context)
  const begun = text.toLowerCase().replace(/(?<=\w)\s+$/, '')
  return !context.final && openers.some((opener) => opener.startsWith(begun)) ? 'more' : 'no'
}

interface Marks {
  from: number
  /** The closing mark, or the opening one once more: some models write that for it, or close no call before the next. */
  end: RegExp
}

/** A body runs to its closing mark, unless that stands inside one of its strings. */
function readBody(text: string, { from, end }: Marks, context: ReadContext): Reading {
  const lead = /\S/.exec(text.slice(from))?.[0]
  if (lead !== undefined && !/[{[<]/.test(lead)) return 'no'
  if (!context.prompted && isForeign(text.slice(from).trimStart(), context)) return 'no'
  end.lastIndex = from
  for (const { 0: mark, index } of text.matchAll(end)) {
    const body = text.slice(from, index)
    const isAgain = /^<\w/.test(mark)
    if (isAgain ? isJson(body) : isXml(body) || isWhole(body)) {
      return accept(body, isAgain ? index : index + mark.length, context)
    }
  }
  if (!context.final) return 'more'
  return lead === undefined ? 'no' : accept(text.slice(from), text.length, context)
}

function isJson(body: string): boolean {
  return /^\s*[{[]/.test(body) && isWhole(body)
}

/** The first thing in it is there to its end, and is the call of a tool that nobody has. */
function isForeign(body: string, context: ReadContext): boolean {
  const xml = /^<function=([\w.-]+)>/.exec(body)
  if (xml) return !context.names.has(xml[1] ?? '')
  const end = objectEnd(body)
  const calls = end === -1 ? [] : readCalls(body.slice(0, end))
  return calls.length > 0 && !areKnown(calls, context)
}

/** In native mode what names no known tool is text; where calls are asked for it is a call that failed. */
function accept(body: string, length: number, context: ReadContext): Reading {
  const calls = isXml(body) ? readXml(body) : readCalls(body.replace(/\n\s*```\s*$/, ''))
  if (areKnown(calls, context)) return { calls, length }
  const name = calls[0]?.name ?? nameIn(body)
  // A mark that was never closed is half a call, unless it speaks of a tool that nobody has.
  const broken =
    context.prompted || (calls.length === 0 && (name === '' || context.names.has(name)))
  if (!broken) return 'no'
  return { calls: calls.length > 0 ? calls : [{ name, arguments: body.trim() }], length }
}

function isXml(body: string): boolean {
  return /^\s*<function=/.test(body)
}

function readXml(body: string): RawCall[] {
  return [...body.matchAll(/<function=([\w.-]+)>([\s\S]*?)(?:<\/function>|$)/g)].map(
    ([, name = '', inside = '']) => ({ name, arguments: JSON.stringify(readParameters(inside)) }),
  )
}

function readParameters(text: string): Record<string, string> {
  const found = text.matchAll(/<parameter=([\w.-]+)>\n?([\s\S]*?)\n?<\/parameter>/g)
  return Object.fromEntries([...found].map(([, key = '', value = '']) => [key, value]))
}
