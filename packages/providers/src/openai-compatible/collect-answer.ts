import { createParser } from 'eventsource-parser'
import { z } from 'zod'
import { messageSchema, type Message, type ToolCall } from '@tandem/schemas'
import type { ModelEvent } from '../types.ts'
import { chunkSchema, type Delta } from './chunk.ts'
import { createToolCallAssembly } from './tool-call-deltas.ts'

/** An answer in the dialect's own bytes, put together as they pass. */
export interface AnswerCollector {
  /** Whole SSE events. What cannot be read is passed over: the caller gets the bytes in any case. */
  take(events: Buffer): void
  /** What the first choice has said so far, calls that are still being written left out; undefined for nothing. */
  message(): Message | undefined
}

export function createAnswerCollector(): AnswerCollector {
  const calls = createToolCallAssembly()
  const decoder = new TextDecoder()
  const parser = createParser({ onEvent: ({ data }) => see(data) })
  let text = ''
  let reasoning = ''
  let refusal = ''

  function see(data: string): void {
    const delta = data === '[DONE]' ? undefined : firstDelta(data)
    if (!delta) return
    text += delta.text
    reasoning += delta.reasoning
    refusal += delta.refusal
    for (const call of delta.calls) {
      // The assembly tells what it makes of each piece; here only its end counts.
      Array.from(calls.add(call))
    }
  }
  return {
    take: (events) => parser.feed(decoder.decode(events, { stream: true })),
    message: () => toMessage({ text, reasoning, refusal, calls: wholeCalls(calls.end()) }),
  }
}

function firstDelta(data: string): Delta | undefined {
  const parsed = chunkSchema.safeParse(tryParse(data))
  const choice = parsed.data?.choices?.find(({ index }) => (index ?? 0) === 0)
  return choice?.delta ?? undefined
}

function wholeCalls(events: Iterable<ModelEvent>): ToolCall[] {
  return Array.from(events)
    .flatMap((event) => (event.type === 'tool-call-end' ? [event.call] : []))
    .filter(isWhole)
}

function isWhole({ function: { name, arguments: args } }: ToolCall): boolean {
  return name !== '' && tryParse(args) !== undefined
}

interface Said {
  text: string
  reasoning: string
  refusal: string
  calls: readonly ToolCall[]
}

function toMessage({ text, reasoning, refusal, calls }: Said): Message | undefined {
  if (!text && !reasoning && !refusal && calls.length === 0) return undefined
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    ...(refusal && { refusal }),
    ...(reasoning && { reasoning }),
    ...(calls.length > 0 && { tool_calls: [...calls] }),
  }
}

const completionSchema = z.looseObject({
  choices: z.array(
    z.looseObject({
      message: messageSchema.pick({ content: true }).extend({
        tool_calls: z.array(z.unknown()).nullish(),
      }),
    }),
  ),
})

/** The answer of the first choice of a whole chat completion; undefined where there is none to be read. */
export function readAnswer(completion: Buffer): Message | undefined {
  const parsed = completionSchema.safeParse(tryParse(completion.toString('utf8')))
  const message = parsed.data?.choices[0]?.message
  if (!message) return undefined
  const collector = createAnswerCollector()
  const { content, ...rest } = message
  const tool_calls = message.tool_calls?.map((call, index) => ({ index, ...(call as object) }))
  const delta = { ...rest, tool_calls, content: typeof content === 'string' ? content : null }
  collector.take(Buffer.from(`data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`))
  const said = collector.message() ?? { role: 'assistant', content: '' }
  return Array.isArray(content) ? { ...said, content } : said
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
