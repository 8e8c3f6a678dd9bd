import { randomUUID } from 'node:crypto'
import type { AgentEvent, ToolCall, Usage } from '@tandem/schemas'
import type { AgentView } from './agent-view.ts'

/** What is the same on every chunk of one answer. */
export interface AnswerHead {
  id: string
  /** Unix seconds. */
  created: number
  model: string
}

export interface EncodeOptions {
  includeUsage: boolean
  legacyFunctions: boolean
  /** Where an agent answers: what is shown of its run. */
  view?: AgentView | undefined
}

export function createAnswerHead(model: string, now: number): AnswerHead {
  return {
    id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
    created: Math.floor(now / 1000),
    model,
  }
}

/**
 * The events of a turn as the SSE events of one chat completion: one role, one finish_reason, then `[DONE]`. Nothing
 * leaves before the model has said something, so that its refusal can still have a real status; an agent speaks at once.
 */
export async function* encodeChunks(
  events: AsyncIterable<AgentEvent>,
  head: AnswerHead,
  { includeUsage, legacyFunctions, view }: EncodeOptions,
): AsyncGenerator<string> {
  const chunk = (delta: object, finish: string | null = null, frame?: object): string =>
    toEvent({
      ...chunkHead(head),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(includeUsage ? { usage: null } : undefined),
      ...(frame && { x_agent: frame }),
    })
  let spoke = false
  let text = ''
  for await (const event of events) {
    if (!spoke && (view !== undefined || event.type !== 'run-start')) {
      spoke = true
      yield chunk({ role: 'assistant', content: event.type === 'caller-tool-calls' ? null : '' })
    }
    const shown = view?.show(event)
    if (event.type === 'text-delta') {
      text += view ? event.text : ''
      yield chunk({ content: event.text })
    } else if (event.type === 'reasoning-delta') yield chunk(toReasoning(event.text))
    else if (event.type === 'caller-tool-calls') {
      for (const delta of toCallDeltas(event.calls, legacyFunctions)) yield chunk(delta)
    } else if (event.type === 'run-end') {
      for (const delta of toClosing(view, text)) yield chunk(delta)
      yield chunk({}, toFinishReason(event.finishReason, legacyFunctions), shown?.frame)
      if (includeUsage) yield toEvent({ ...chunkHead(head), choices: [], usage: event.usage })
    } else if (shown) yield chunk(shown.line ? toReasoning(shown.line) : {}, null, shown.frame)
  }
  yield 'data: [DONE]\n\n'
}

/** What an agent's answer ends with: links to its files, and its sources. */
function toClosing(view: AgentView | undefined, text: string): object[] {
  if (!view) return []
  const files = view.filesText(text)
  const annotations = view.annotations(text)
  return [
    ...(files ? [{ content: files }] : []),
    ...(annotations.length > 0 ? [{ annotations }] : []),
  ]
}

function toEvent(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

function chunkHead({ id, created, model }: AnswerHead): object {
  return { id, object: 'chat.completion.chunk', created, model, system_fingerprint: null }
}

/** Clients read one spelling or the other; both are written. */
function toReasoning(text: string): { reasoning_content: string; reasoning: string } {
  return { reasoning_content: text, reasoning: text }
}

function toCallDeltas(calls: readonly ToolCall[], legacyFunctions: boolean): object[] {
  if (legacyFunctions) return calls.slice(0, 1).map((call) => ({ function_call: call.function }))
  return calls.map((call, index) => ({ tool_calls: [{ index, ...call }] }))
}

function toFinishReason(reason: string, legacyFunctions: boolean): string {
  return legacyFunctions && reason === 'tool_calls' ? 'function_call' : reason
}

/** The same events folded into one chat completion. */
export async function encodeCompletion(
  events: AsyncIterable<AgentEvent>,
  head: AnswerHead,
  { legacyFunctions, view }: EncodeOptions,
): Promise<object> {
  let text = ''
  let reasoning = ''
  let calls: ToolCall[] = []
  let finish = 'stop'
  let usage: Usage | undefined
  for await (const event of events) {
    reasoning += view?.show(event)?.line ?? ''
    if (event.type === 'text-delta') text += event.text
    else if (event.type === 'reasoning-delta') reasoning += event.text
    else if (event.type === 'caller-tool-calls') calls = event.calls
    else if (event.type === 'run-end') {
      finish = toFinishReason(event.finishReason, legacyFunctions)
      usage = event.usage
    }
  }
  text += view?.filesText(text) ?? ''
  const annotations = view?.annotations(text) ?? []
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning ? toReasoning(reasoning) : undefined),
    ...(annotations.length > 0 && { annotations }),
    ...toMessageCalls(calls, legacyFunctions),
  }
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    system_fingerprint: null,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage,
    ...(view && { x_agent: view.report() }),
  }
}

function toMessageCalls(calls: readonly ToolCall[], legacyFunctions: boolean): object | undefined {
  const [first] = calls
  if (!first) return undefined
  return legacyFunctions ? { function_call: first.function } : { tool_calls: calls }
}
