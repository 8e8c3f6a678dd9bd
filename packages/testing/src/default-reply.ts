/** What the fake server answers when nothing is scripted: a small but well-behaved upstream. */
import { chatChunks, chatCompletion, defaultContent, defaultModel, splitTokens } from './chat.ts'
import type { JournalEntry } from './journal.ts'
import { jsonReply, sseReply, type Reply } from './reply.ts'

type Body = Record<string, unknown>

interface DefaultReplyOptions {
  models?: readonly string[]
  content?: string
}

export function createDefaultReply(options: DefaultReplyOptions): (request: JournalEntry) => Reply {
  const models = options.models ?? [defaultModel]
  const content = options.content ?? defaultContent
  return (request) => {
    const path = new URL(request.path, 'http://fake').pathname.replace(/^\/v1(?=\/)/, '')
    if (request.method === 'GET') return modelsReply(path, models)
    if (request.method !== 'POST') return notFound(request)
    if (!isObject(request.json))
      return errorReply(400, 'We could not parse the JSON body of your request.')
    if (path === '/chat/completions') return chatReply(request.json, content)
    if (path === '/completions') return completionsReply(request.json, content)
    if (path === '/embeddings') return embeddingsReply(request.json)
    return notFound(request)
  }
}

/** An error in the shape of OpenAI's. */
export function errorReply(status: number, message: string, code: string | null = null): Reply {
  const type = status < 500 ? 'invalid_request_error' : 'server_error'
  return jsonReply({ error: { message, type, param: null, code } }, { status })
}

function notFound(request: JournalEntry): Reply {
  return errorReply(404, `Invalid URL (${request.method} ${request.path})`)
}

function modelsReply(path: string, ids: readonly string[]): Reply {
  const data = ids.map((id) => ({ id, object: 'model', created: 1_750_000_000, owned_by: 'fake' }))
  if (path === '/models') return jsonReply({ object: 'list', data })
  const id = decodeURIComponent(path.replace(/^\/models\//, ''))
  const model = data.find((model) => model.id === id)
  return model
    ? jsonReply(model)
    : errorReply(404, `The model '${id}' does not exist`, 'model_not_found')
}

function chatReply(body: Body, content: string): Reply {
  const options = { content, model: modelOf(body), n: countOf(body) }
  if (body['stream'] !== true) return jsonReply(chatCompletion(options))
  return sseReply(chatChunks({ ...options, includeUsage: wantsUsage(body) }))
}

function completionsReply(body: Body, text: string): Reply {
  const prompts = isListOfPrompts(body['prompt']) ? body['prompt'].length : 1
  const indices = Array.from({ length: countOf(body) * prompts }, (_, index) => index)
  const head = {
    id: 'cmpl-fake00000000000000000001',
    object: 'text_completion',
    created: 1_750_000_000,
    model: modelOf(body),
  }
  const tokens = splitTokens(text)
  const usage = {
    prompt_tokens: 5,
    completion_tokens: tokens.length,
    total_tokens: 5 + tokens.length,
  }
  if (body['stream'] !== true) {
    return jsonReply({
      ...head,
      choices: indices.map((index) => toTextChoice(index, text, 'stop')),
      usage,
    })
  }
  const pieces = [...tokens.map((token) => [token, null] as const), ['', 'stop'] as const]
  const chunks = pieces.flatMap(([text, reason]) =>
    indices.map((index) => ({
      ...head,
      choices: [toTextChoice(index, text, reason)],
      ...(wantsUsage(body) && { usage: null }),
    })),
  )
  return sseReply(wantsUsage(body) ? [...chunks, { ...head, choices: [], usage }] : chunks)
}

function toTextChoice(index: number, text: string, finish_reason: string | null): object {
  return { text, index, logprobs: null, finish_reason }
}

const defaultDimensions = 8

function embeddingsReply(body: Body): Reply {
  const input = body['input']
  const inputs = isListOfPrompts(input) ? input : [input]
  const asked = body['dimensions']
  const dimensions = typeof asked === 'number' ? asked : defaultDimensions
  const data = inputs.map((one, index) => {
    const vector = embed(one, dimensions)
    const embedding = body['encoding_format'] === 'base64' ? toBase64(vector) : [...vector]
    return { object: 'embedding', index, embedding }
  })
  const usage = { prompt_tokens: inputs.length * 3, total_tokens: inputs.length * 3 }
  return jsonReply({ object: 'list', data, model: modelOf(body), usage })
}

/** A unit vector that depends on the input alone. */
export function embed(input: unknown, dimensions: number): Float32Array {
  let state = 2_166_136_261
  for (const byte of Buffer.from(JSON.stringify(input) ?? '')) {
    state = Math.imul(state ^ byte, 16_777_619)
  }
  const vector = Float32Array.from({ length: dimensions }, () => {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_519) + 1
    return (state >>> 0) / 2 ** 31 - 1
  })
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

/** As OpenAI encodes vectors: little-endian float32. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4))
  return bytes.toString('base64')
}

/** One list of token ids is one prompt; a list of anything else is many. */
function isListOfPrompts(value: unknown): value is unknown[] {
  return Array.isArray(value) && typeof value[0] !== 'number'
}

function modelOf(body: Body): string {
  return typeof body['model'] === 'string' ? body['model'] : defaultModel
}

function countOf(body: Body): number {
  return typeof body['n'] === 'number' ? body['n'] : 1
}

function wantsUsage(body: Body): boolean {
  const options = body['stream_options']
  return isObject(options) && options['include_usage'] === true
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
