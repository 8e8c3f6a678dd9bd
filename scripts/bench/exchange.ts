/** What is said on the wire: the request that every variant gets and the replies of the fake upstream, as finished bytes. */

export const benchModel = 'bench-model'
export const streamTokens = 400

/** The content tokens, the finish and `[DONE]`; the usage event is withheld from a caller who did not ask for it. */
export const streamEvents = streamTokens + 2

export interface RequestOptions {
  port: number
  key: string
  model: string
  stream: boolean
}

/** A chat request of about 0.8 KB, with its head. */
export function toChatRequest({ port, key, model, stream }: RequestOptions): string {
  const body = JSON.stringify({
    model,
    messages: [
      { role: 'system', content: 'You are a careful assistant. '.repeat(8).trim() },
      { role: 'user', content: 'Say in a few words why the sky is blue. '.repeat(9).trim() },
    ],
    temperature: 0.7,
    max_tokens: 512,
    ...(stream ? { stream } : {}),
  })
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${key}`,
    'content-type: application/json',
    'accept: application/json',
    'user-agent: OpenAI/JS 7.0.0',
    `content-length: ${Buffer.byteLength(body)}`,
    '\r\n',
  ]
  return head.join('\r\n') + body
}

const usage = {
  prompt_tokens: 180,
  completion_tokens: streamTokens,
  total_tokens: 180 + streamTokens,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
}

const stamp = { id: 'chatcmpl-bench0123456789', created: 1_790_000_000, model: benchModel }

/** A chat completion of about 0.7 KB, with its head. */
export function toCompletion(): Buffer {
  const content = 'Air scatters blue light more than red light. '.repeat(5).trim()
  const message = { role: 'assistant', content, refusal: null }
  return toJsonReply({
    ...stamp,
    object: 'chat.completion',
    system_fingerprint: 'fp_bench',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage,
  })
}

export function toModelList(): Buffer {
  const model = { id: benchModel, object: 'model', created: stamp.created, owned_by: 'bench' }
  return toJsonReply({ object: 'list', data: [model] })
}

function toJsonReply(value: object): Buffer {
  const body = JSON.stringify(value)
  const head = toReplyHead('application/json', `content-length: ${Buffer.byteLength(body)}`)
  return Buffer.from(head + body)
}

function toReplyHead(contentType: string, framing: string): string {
  return [
    'HTTP/1.1 200 OK',
    `content-type: ${contentType}`,
    framing,
    'x-request-id: req_bench0123456789',
    'openai-processing-ms: 12',
    'cache-control: no-cache',
    '\r\n',
  ].join('\r\n')
}

export interface StreamReply {
  /** The head and the first event, which leave together. */
  opening: Buffer
  /** The other events, one HTTP chunk each. */
  events: Buffer[]
  /** `[DONE]` and the last chunk. */
  ending: Buffer
}

export function toStreamReply(includeUsage: boolean): StreamReply {
  const head = toReplyHead('text/event-stream; charset=utf-8', 'transfer-encoding: chunked')
  const [first = '', ...others] = toEvents(includeUsage).map(toChunk)
  return {
    opening: Buffer.from(head + first),
    events: others.map((event) => Buffer.from(event)),
    ending: Buffer.from(`${toChunk('data: [DONE]\n\n')}0\r\n\r\n`),
  }
}

function toEvents(includeUsage: boolean): string[] {
  const event = (choices: object[], counted: object | null = null) =>
    `data: ${JSON.stringify({
      ...stamp,
      object: 'chat.completion.chunk',
      system_fingerprint: 'fp_bench',
      choices,
      ...(includeUsage ? { usage: counted } : {}),
    })}\n\n`
  return [
    event(choice({ role: 'assistant', content: 'Air', refusal: null }, null)),
    ...Array.from({ length: streamTokens - 1 }, () => event(choice({ content: ' blue' }, null))),
    event(choice({}, 'stop')),
    ...(includeUsage ? [event([], usage)] : []),
  ]
}

function choice(delta: object, reason: string | null): object[] {
  return [{ index: 0, delta, logprobs: null, finish_reason: reason }]
}

function toChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}
