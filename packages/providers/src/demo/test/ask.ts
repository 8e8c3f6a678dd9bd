/** The demo model as the tests speak to it. */
import type { Message, ToolDefinition } from '@tandem/schemas'
import { collect, type Collected } from '../../collect.ts'
import type { ModelEvent, ModelRequest } from '../../types.ts'
import { createDemoProvider } from '../index.ts'

const model = createDemoProvider({ delayMs: 0 }).model('assistant')

export function user(content: Message['content']): Message {
  return { role: 'user', content, reasoning: undefined }
}

export function assistant(content: string): Message {
  return { role: 'assistant', content, reasoning: undefined }
}

export function system(content: string): Message {
  return { role: 'system', content, reasoning: undefined }
}

export function stream(
  request: ModelRequest,
  signal = new AbortController().signal,
): AsyncGenerator<ModelEvent> {
  return model.stream(request, { signal })
}

type Rest = Omit<ModelRequest, 'messages'>

export function ask(messages: string | Message[], rest: Rest = {}): Promise<Collected> {
  const conversation = typeof messages === 'string' ? [user(messages)] : messages
  return collect(stream({ messages: conversation, ...rest }))
}

export async function textOf(messages: string | Message[], rest: Rest = {}): Promise<string> {
  return (await ask(messages, rest)).text
}

/** The calls as `[name, arguments]`. */
export async function callsOf(
  messages: string | Message[],
  rest: Rest = {},
): Promise<[string, unknown][]> {
  const { toolCalls } = await ask(messages, rest)
  return toolCalls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])
}

export function tool(
  name: string,
  properties: Record<string, unknown> = {},
  {
    required = Object.keys(properties),
    description = '',
  }: { required?: string[]; description?: string } = {},
): ToolDefinition {
  return {
    type: 'function',
    function: { name, description, parameters: { type: 'object', properties, required } },
  }
}

/** Runs the model against tools that answer with fixed texts, as an agent would. */
export async function runTools(
  request: string,
  tools: ToolDefinition[],
  results: Record<string, string | string[]>,
): Promise<{ rounds: [string, unknown][][]; text: string; ids: string[] }> {
  const messages = [user(request)]
  const rounds: [string, unknown][][] = []
  const ids: string[] = []
  const left = new Map(Object.entries(results).map(([name, texts]) => [name, [texts].flat()]))
  for (let round = 0; round < 8; round++) {
    const { toolCalls, text } = await ask(messages, { tools })
    if (toolCalls.length === 0) return { rounds, text, ids }
    rounds.push(toolCalls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]))
    ids.push(...toolCalls.map(({ id }) => id))
    messages.push({ role: 'assistant', content: null, tool_calls: toolCalls, reasoning: undefined })
    for (const { id, function: called } of toolCalls) {
      const texts = left.get(called.name) ?? []
      const content = (texts.length > 1 ? texts.shift() : texts[0]) ?? 'ok'
      messages.push({ role: 'tool', tool_call_id: id, content, reasoning: undefined })
    }
  }
  throw new Error('the model did not come to an end')
}
