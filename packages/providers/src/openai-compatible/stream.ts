import { createParser } from 'eventsource-parser'
import { AppError, type FinishReason, type Usage } from '@tandem/schemas'
import type { CallOptions, ModelEvent, ModelRequest } from '../types.ts'
import { chunkSchema, type Chunk } from './chunk.ts'
import type { Endpoint } from './endpoint.ts'
import { toEvents } from './relay.ts'
import { toRequestBody } from './request-body.ts'
import { createToolCallAssembly } from './tool-call-deltas.ts'
import { nameProvider, toErrorInside } from './upstream-errors.ts'

/** A model's answer as events, parsed from the dialect's stream. Throws AppError `upstream_*` and what the signal says. */
export async function* stream(
  endpoint: Endpoint & { modelId: string },
  request: ModelRequest,
  options: CallOptions,
): AsyncGenerator<ModelEvent> {
  const body = await toRequestBody(request, endpoint.modelId)
  const headers = endpoint.headers()
  const toSend = { method: 'POST', path: 'chat/completions', headers, body } as const
  try {
    const events = await toEvents(await endpoint.transport.send(toSend, options), endpoint.secret)
    yield* toModelEvents(parseChunks(events, endpoint.secret), endpoint.modelId)
  } catch (error) {
    throw nameProvider(error, endpoint.name)
  }
}

async function* parseChunks(
  events: AsyncIterable<Buffer>,
  secret: string | undefined,
): AsyncGenerator<Chunk> {
  const waiting: string[] = []
  const parser = createParser({ onEvent: ({ data }) => void waiting.push(data) })
  const decoder = new TextDecoder()
  for await (const bytes of events) {
    parser.feed(decoder.decode(bytes, { stream: true }))
    for (const data of waiting.splice(0)) {
      if (data !== '[DONE]') yield parseChunk(data, secret)
    }
  }
}

function parseChunk(data: string, secret: string | undefined): Chunk {
  let json: unknown
  try {
    json = JSON.parse(data)
  } catch (cause) {
    throw new AppError('upstream_invalid_response', { cause, spent: true })
  }
  if (typeof json === 'object' && json !== null && 'error' in json && json.error) {
    throw toErrorInside(data, { secret, spent: true })
  }
  const parsed = chunkSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new AppError('upstream_invalid_response', { cause: parsed.error, spent: true })
}

async function* toModelEvents(
  chunks: AsyncIterable<Chunk>,
  modelId: string,
): AsyncGenerator<ModelEvent> {
  const calls = createToolCallAssembly()
  let started = false
  let reason: string | undefined
  let usage: Usage | undefined
  for await (const chunk of chunks) {
    if (!started) {
      started = true
      yield { type: 'start', id: chunk.id ?? '', model: chunk.model || modelId }
    }
    usage = chunk.usage ?? usage
    const [choice] = chunk.choices ?? []
    reason = choice?.finish_reason ?? reason
    if (!choice?.delta) continue
    const { text, reasoning, refusal, calls: pieces } = choice.delta
    if (reasoning) yield { type: 'reasoning-delta', text: reasoning }
    if (text || refusal) yield { type: 'text-delta', text: text + refusal }
    for (const piece of pieces) yield* calls.add(piece)
  }
  yield* calls.end()
  yield {
    type: 'finish',
    reason: toFinishReason(reason, calls.count()),
    ...(usage ? { usage } : undefined),
  }
}

/** What was really sent decides: calls are `tool_calls` whatever the server called it, but for a cut. */
function toFinishReason(reason: string | undefined, calls: number): FinishReason {
  if (reason === 'length' || reason === 'content_filter') return reason
  return calls > 0 ? 'tool_calls' : 'stop'
}
