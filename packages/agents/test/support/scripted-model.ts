import type { LanguageModel, ModelCapabilities, ModelEvent, ModelRequest } from '@tandem/providers'
import type { FinishReason, Usage } from '@tandem/schemas'

export interface ScriptedCall {
  name: string
  /** A value, or JSON text as it stands. */
  args?: unknown
  id?: string
}

export interface ScriptedReply {
  text?: string
  reasoning?: string
  calls?: ScriptedCall[]
  finish?: FinishReason
  usage?: Usage
  /** Thrown before anything, or after all the above. */
  error?: Error
  late?: boolean
  /** Waits here until the signal aborts. */
  hang?: boolean
}

export type Script = readonly (ScriptedReply | ((request: ModelRequest) => ScriptedReply))[]

export interface ScriptedModel extends LanguageModel {
  readonly requests: ModelRequest[]
}

export interface ScriptOptions {
  capabilities?: Partial<ModelCapabilities>
  /** Characters of each text delta. */
  piece?: number
  id?: string
}

let count = 0

/** A model that says what it is told to, reply by reply; the last reply is repeated for ever. */
export function scriptedModel(script: Script, options: ScriptOptions = {}): ScriptedModel {
  const requests: ModelRequest[] = []
  const capabilities: ModelCapabilities = {
    tools: 'native',
    images: false,
    jsonSchema: true,
    reasoning: true,
    ...options.capabilities,
  }
  return {
    provider: 'scripted',
    id: options.id ?? `model-${(count += 1)}`,
    capabilities,
    requests,
    async *stream(request, { signal }) {
      signal.throwIfAborted()
      requests.push(structuredClone(request))
      const step = script[Math.min(requests.length, script.length) - 1] ?? {}
      const reply = typeof step === 'function' ? step(request) : step
      const written = capabilities.tools === 'prompted' ? asText(reply) : reply
      yield* speak(written, options.piece ?? 7, signal)
    },
  }
}

/** The same reply of a model that writes its calls into its text. */
function asText({ calls = [], ...reply }: ScriptedReply): ScriptedReply {
  const blocks = calls.map(
    ({ name, args }) =>
      `\`\`\`tool_call\n{"name": ${JSON.stringify(name)}, "arguments": ${toJson(args)}}\n\`\`\``,
  )
  if (blocks.length === 0) return reply
  return { ...reply, text: [...(reply.text ? [reply.text] : []), ...blocks].join('\n') }
}

async function* speak(
  reply: ScriptedReply,
  piece: number,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const { text = '', reasoning = '', calls = [] } = reply
  if (reply.error && !reply.late) throw reply.error
  yield { type: 'start', id: 'c', model: 'm' }
  for (const part of pieces(reasoning, piece)) yield { type: 'reasoning-delta', text: part }
  for (const part of pieces(text, piece)) yield { type: 'text-delta', text: part }
  for (const [index, { name, args, id = '' }] of calls.entries()) {
    const json = toJson(args)
    yield { type: 'tool-call-start', index, id, name }
    yield { type: 'tool-call-delta', index, text: json }
    const call = { id, type: 'function' as const, function: { name, arguments: json } }
    yield { type: 'tool-call-end', index, call }
  }
  if (reply.error) throw reply.error
  if (reply.hang) await untilAborted(signal)
  const reason = reply.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop')
  yield { type: 'finish', reason, usage: reply.usage ?? usage(10, 5) }
}

function pieces(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  )
}

export function toJson(args: unknown): string {
  return typeof args === 'string' ? args : JSON.stringify(args ?? {})
}

export function usage(prompt: number, completion: number): Usage {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
