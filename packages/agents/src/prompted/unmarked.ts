/** Syntaxes that do not say where a call ends: Mistral, ReAct. */
import { nameIn, objectEnd, readCalls, type RawCall } from './raw-calls.ts'
import { areKnown, type ReadContext, type Reading } from './syntax.ts'

const mistralMark = '[TOOL_CALLS]'

/** `[TOOL_CALLS][{…}]`, and the later `[TOOL_CALLS]name[ARGS]{…}`. */
export function readMistral(text: string, context: ReadContext): Reading {
  if (!text.startsWith(mistralMark)) {
    return !context.final && mistralMark.startsWith(text) ? 'more' : 'no'
  }
  const body = text.slice(mistralMark.length).trimStart()
  if (!context.final) return body === '' || /^[[{\w]/.test(body) ? 'more' : 'no'
  const calls = /^[[{]/.test(body) ? readCalls(listOf(body)) : readNamed(body)
  if (areKnown(calls, context)) return { calls, length: text.length }
  const name = calls[0]?.name ?? (nameIn(body) || (/^[\w.-]+/.exec(body)?.[0] ?? ''))
  const broken = context.prompted || (calls.length === 0 && context.names.has(name))
  return broken ? { calls: [{ name, arguments: body }], length: text.length } : 'no'
}

function listOf(body: string): string {
  const end = objectEnd(body)
  return end === -1 ? body : body.slice(0, end)
}

function readNamed(body: string): RawCall[] {
  const found: RawCall[] = []
  let rest = body
  for (;;) {
    const head =
      /^(?:\[TOOL_CALLS\])?\s*([\w.-]+)\s*(?:\[CALL_ID\][\w-]+)?(?:\[ARGS\])?\s*(?=\{)/.exec(rest)
    const end = head ? objectEnd(rest.slice(head[0].length)) : -1
    if (!head || end === -1) return found
    found.push({ name: head[1] ?? '', arguments: rest.slice(head[0].length, head[0].length + end) })
    rest = rest.slice(head[0].length + end).trimStart()
  }
}

const actionLine =
  /^\**Action\**[ \t]*:\**[ \t]*[`"*]*([\w.-]+)(?:[[(](.*)[\])])?[`"*]*[ \t]*(\r?\n|$)/i
const inputLabel = /^\s*\**Action[ _]Input\**[ \t]*:\**[ \t]*/i
const nextLabel = /\n\s*\**(?:Observation|Thought|Action|Final Answer)\**\s*:/i

/** `Action: name` and `Action Input: …`; also the paper's `Action: name[input]`. */
export function readAction(text: string, context: ReadContext): Reading {
  if (!context.lineStart) return 'no'
  if (!context.final && isBeginningOf(text, 'action:')) return 'more'
  const line = actionLine.exec(text)
  const [head = '', name = '', bracketed, lineEnd] = line ?? []
  if (!context.final && !lineEnd && /^\**Action\**[ \t]*:[^\n]{0,100}$/i.test(text)) return 'more'
  if (!line || (!context.names.has(name) && !context.prompted)) return 'no'
  if (bracketed !== undefined) return toReading(name, bracketed, { length: head.length, context })
  const rest = text.slice(head.length)
  const label = inputLabel.exec(rest)
  if (!label)
    return !context.final && isBeginningOf(rest.trimStart(), 'action input:') ? 'more' : 'no'
  const input = rest.slice(label[0].length)
  const end = nextLabel.exec(input)?.index
  if (end === undefined && !context.final) return 'more'
  const length = head.length + label[0].length + (end ?? input.length)
  return toReading(name, input.slice(0, end), { length, context })
}

function isBeginningOf(text: string, label: string): boolean {
  return label.startsWith(text.toLowerCase().replaceAll('*', '').replaceAll('_', ' '))
}

/** What is no JSON object is the tool's one argument. */
function toReading(
  name: string,
  input: string,
  { length }: { length: number; context: ReadContext },
): Reading {
  const body = input.trim().replace(/^```\w*\n?([\s\S]*?)\n?```$/, '$1')
  const plain = body !== '' && !/^[{["]/.test(body)
  return { calls: [{ name, arguments: plain ? JSON.stringify(body) : body }], length }
}
