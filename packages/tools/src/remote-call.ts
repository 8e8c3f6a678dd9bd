import { request, type Dispatcher } from 'undici'
import {
  toolProgressSchema,
  toolResultSchema,
  type ToolProgress,
  type ToolResult,
  type ToolTraits,
} from '@tandem/schemas'
import { z } from 'zod'
import type { Connection } from './connection.ts'
import { errorResult } from './result.ts'
import { readEvents } from './sse.ts'
import type { ToolContext } from './types.ts'

interface RemoteTool {
  connection: Connection
  name: string
  traits: ToolTraits
}

interface Call {
  args: unknown
  context: ToolContext
}

/** Runs a tool on the tools server. Throws only when the signal aborts, which closes the connection and so cancels. */
export async function* callRemote(
  tool: RemoteTool,
  call: Call,
  signal: AbortSignal,
): AsyncGenerator<ToolProgress, ToolResult> {
  try {
    const response = await post(tool, call, signal)
    if (response.statusCode !== 200) return await refusal(response)
    return yield* readResult(response.body)
  } catch (error) {
    signal.throwIfAborted()
    // A call that got through may have done its work: only one that may be repeated without harm is worth repeating.
    return unavailable({ retryable: tool.traits.idempotent || neverConnected(error) })
  }
}

const connectCodes = new Set<unknown>([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

function neverConnected(error: unknown): boolean {
  return connectCodes.has((error as { code?: unknown } | null)?.code)
}

async function post(
  { connection, name }: RemoteTool,
  { args, context }: Call,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const { owner, sessionId, runId, callId, models, attachments } = context
  const token = connection.token({ sub: owner, session: sessionId, run: runId })
  return request(connection.url(`/tools/${name}`), {
    method: 'POST',
    dispatcher: connection.dispatcher,
    signal,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify({
      arguments: args,
      call_id: callId,
      ...(attachments?.length && { attachments }),
      ...(models.token && { models: { base_url: models.baseUrl, token: models.token } }),
    }),
  })
}

/** Reads to the end also after the result, so that the connection can be used again. */
async function* readResult(
  body: Dispatcher.ResponseData['body'],
): AsyncGenerator<ToolProgress, ToolResult> {
  let result: ToolResult | undefined
  for await (const { event, data } of readEvents(body)) {
    const value: unknown = JSON.parse(data)
    if (event === 'progress') yield toolProgressSchema.parse(value)
    else if (event === 'result') result = toolResultSchema.parse(value)
    else result = toRefusal(value, 503)
  }
  if (!result) throw new Error('The stream ended without a result.')
  return result
}

const errorBodySchema = z.object({ error: z.object({ message: z.string(), code: z.string() }) })

/** The call never reached the tool: the server says why, in the shape of an error. */
async function refusal({ statusCode, body }: Dispatcher.ResponseData): Promise<ToolResult> {
  return toRefusal(JSON.parse(await body.text()), statusCode)
}

function toRefusal(value: unknown, status: number): ToolResult {
  const { message, code } = errorBodySchema.parse(value).error
  return errorResult(code, message, { retryable: status === 429 || status >= 500 })
}

function unavailable(options: { retryable: boolean }): ToolResult {
  return errorResult(
    'tools_unavailable',
    'The tools server cannot be reached or broke off: go on without this tool, or try again later.',
    options,
  )
}
