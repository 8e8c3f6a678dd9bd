import type { ModelRequest } from '@tandem/providers'
import { textOf, type Message, type ToolCall, type ToolDefinition } from '@tandem/schemas'
import { fillPrompt } from '../prompts.ts'
import { withSystem } from '../system-message.ts'

/**
 * The same request for a model without native calls: tools and the syntax in the system message, earlier calls as blocks,
 * their results as what the user says. The conversation itself is kept in the native form throughout.
 */
export function toPrompted(
  request: ModelRequest,
  prompt: string,
  describe: (tool: ToolDefinition) => string = describeTool,
): ModelRequest {
  const { tools = [], toolChoice, ...rest } = request
  const messages = joinNeighbours(toPlainMessages(request.messages))
  if (tools.length === 0 || toolChoice === 'none') return { ...rest, messages }
  const { responseFormat, ...open } = rest
  const how = fillPrompt(prompt, {
    tools: tools.map((tool) => describe(tool)).join('\n\n'),
    must: mustOf(toolChoice),
    format: responseFormat ? `The final answer is JSON: ${JSON.stringify(responseFormat)}` : '',
  })
  // The stop keeps models from making up what a tool would say.
  const stop = [...(rest.stop ?? []), observation].slice(0, 4)
  return { ...open, stop, messages: withSystem(messages, how) }
}

const observation = '\nObservation:'

function mustOf(choice: ModelRequest['toolChoice']): string {
  if (choice === 'required') return 'Call at least one tool now.'
  const name = typeof choice === 'object' ? choice.function?.name : undefined
  return name ? `Call the tool ${name} now.` : ''
}

/** A tool as a model reads it in the prompt. */
export function describeTool({ function: definition }: ToolDefinition): string {
  const { name = '', description, parameters } = definition ?? {}
  return `### ${name}\n${description ?? ''}\nParameters (JSON Schema): ${JSON.stringify(parameters ?? {})}`
}

function toPlainMessages(messages: readonly Message[]): Message[] {
  const names = new Map<string, string>()
  return messages.map((message) => {
    for (const call of message.tool_calls ?? []) names.set(call.id, call.function.name)
    if (message.role === 'tool') return toObservation(message, names)
    if (!message.tool_calls?.length) return message
    const blocks = message.tool_calls.map(toBlock)
    const said = textOf(message.content)
    const content = [...(said ? [said] : []), ...blocks].join('\n')
    return { role: 'assistant', content, reasoning: undefined }
  })
}

function toObservation(message: Message, names: ReadonlyMap<string, string>): Message {
  const name = names.get(message.tool_call_id ?? '') ?? message.name ?? 'tool'
  return {
    role: 'user',
    content: `Observation: ${name} returned:\n${textOf(message.content)}`,
    reasoning: undefined,
  }
}

function toBlock({ function: { name, arguments: text } }: ToolCall): string {
  return `\`\`\`tool_call\n{"name": ${JSON.stringify(name)}, "arguments": ${text}}\n\`\`\``
}

/** Many chat templates demand that user and assistant take turns. */
function joinNeighbours(messages: readonly Message[]): Message[] {
  const joined: Message[] = []
  for (const message of messages) {
    const before = joined.at(-1)
    if (
      before?.role === 'user' &&
      message.role === 'user' &&
      typeof before.content === 'string' &&
      typeof message.content === 'string'
    ) {
      joined[joined.length - 1] = { ...before, content: `${before.content}\n\n${message.content}` }
    } else joined.push(message)
  }
  return joined
}
