import { type AgentEvent, type Message, type ToolCall } from '@tandem/schemas'
import { toAssistant, toContent, toToolMessage } from './conversation.ts'

interface Turn {
  text: string
  reasoning: string
  calls: ToolCall[]
}

/**
 * The messages of a run, from its events: what a session stores and what a resumed run goes on from. Calls that wait for
 * an approval or for the caller have no result yet; all others have theirs. The question that an approval is asked with is
 * no part of it.
 */
export function toMessages(events: readonly AgentEvent[]): Message[] {
  const turns: Turn[] = []
  const results = new Map<string, string>()
  let open = false
  let asking = false
  const turn = (): Turn => {
    if (!open) turns.push({ text: '', reasoning: '', calls: [] })
    open = true
    return turns.at(-1) as Turn
  }
  const speak = (part: 'text' | 'reasoning', text: string): void => {
    if (asking) return
    if (turns.at(-1)?.calls.length) open = false
    turn()[part] += text
  }
  const known = (id: string): boolean =>
    turns.some(({ calls }) => calls.some((call) => call.id === id))
  for (const event of events) {
    if (event.type === 'run-start') asking = false
    else if (event.type === 'step-start') open = false
    else if (event.type === 'text-delta') speak('text', event.text)
    else if (event.type === 'reasoning-delta') speak('reasoning', event.text)
    else if (event.type === 'tool-end') results.set(event.callId, toContent(event.result))
    else if (event.type === 'caller-tool-calls') {
      // Those without a result were handed out again.
      const fresh = event.calls.filter(({ id }) => !known(id))
      if (fresh.length > 0) turn().calls.push(...fresh)
    } else if (event.type === 'tool-start' || event.type === 'approval-needed') {
      asking ||= event.type === 'approval-needed'
      if (!known(event.callId)) turn().calls.push(toCall(event))
    }
  }
  return turns.flatMap((each, index) => toTurnMessages(each, index > 0, results))
}

function toCall(event: { callId: string; tool: string; arguments: unknown }): ToolCall {
  const { callId: id, tool: name } = event
  const given = event.arguments
  const text = typeof given === 'object' && given !== null ? JSON.stringify(given) : '{}'
  return { id, type: 'function', function: { name, arguments: text } }
}

function toTurnMessages(
  turn: Turn,
  later: boolean,
  results: ReadonlyMap<string, string>,
): Message[] {
  const { reasoning, calls } = turn
  // What parts two paragraphs of one answer begins no message.
  const text = later ? turn.text.trimStart() : turn.text
  if (text === '' && calls.length === 0) return []
  return [
    toAssistant(text, reasoning, calls),
    ...calls.flatMap(({ id }) => {
      const content = results.get(id)
      return content === undefined ? [] : [toToolMessage(id, content)]
    }),
  ]
}

/** The tool messages that a request ends with, and the calls of the assistant message that they answer. */
export interface Continuation {
  /** What came before that assistant message. */
  before: Message[]
  callIds: string[]
  results: Message[]
}

/** Whether a request brings results of calls that the caller was handed; by `callIds` the run that waits is found. */
export function findContinuation(messages: readonly Message[]): Continuation | undefined {
  const last = messages.findLastIndex(({ role }) => role !== 'tool')
  const asked = messages[last]
  const results = messages.slice(last + 1)
  if (asked?.role !== 'assistant' || !asked.tool_calls?.length || results.length === 0)
    return undefined
  return { before: messages.slice(0, last), callIds: asked.tool_calls.map(({ id }) => id), results }
}
