import { textOf, type AgentEvent, type Message, type ToolCall } from '@tandem/schemas'
import { fillPrompt } from './prompts.ts'
import type { RunState } from './run-state.ts'
import { tellCall } from './tell-call.ts'

/** What a run waits for. */
export interface Pause {
  /** Calls that wait for a decision. */
  asks?: readonly ToolCall[]
  /** Calls that the caller has to make. */
  callerCalls?: readonly ToolCall[]
}

/** Tells whoever has to act what a run waits for: the caller its calls, the user a question that can be read. */
export function* tellPause(
  state: RunState,
  { asks = [], callerCalls = [] }: Pause,
): Generator<AgentEvent> {
  if (callerCalls.length > 0) {
    yield { type: 'caller-tool-calls', calls: [...callerCalls] }
    return
  }
  if (asks.length === 0) return
  for (const { id, function: call } of asks) {
    const given: unknown = JSON.parse(call.arguments)
    yield { type: 'approval-needed', callId: id, tool: call.name, arguments: given }
  }
  const values = { calls: asks.map(tellCall).join('\n'), run: state.run.runId }
  yield {
    type: 'text-delta',
    text: fillPrompt(state.deps.prompts['approval-question'], values),
  }
}

/**
 * Puts the caller's results where they belong, each behind its call and in the order of the calls; hands back the calls of
 * the last turn that still have none.
 */
export function continueWith(
  messages: Message[],
  results: readonly Message[] = [],
): { messages: Message[]; pending: ToolCall[] } {
  const at = messages.findLastIndex(({ tool_calls }) => tool_calls?.length)
  const calls = messages[at]?.tool_calls ?? []
  const given = new Map<string, Message>()
  for (const message of [...messages.slice(at + 1), ...results]) {
    if (message.role === 'tool') given.set(message.tool_call_id ?? '', toText(message))
  }
  const answered = calls.flatMap(({ id }) => given.get(id) ?? [])
  const rest = messages.slice(at + 1).filter(({ role }) => role !== 'tool')
  const pending = rest.length > 0 ? [] : calls.filter(({ id }) => !given.has(id))
  return { messages: [...messages.slice(0, at + 1), ...answered, ...rest], pending }
}

function toText(message: Message): Message {
  return { ...message, content: textOf(message.content) }
}
