/** Helpers to run agents through the door and to read what is recorded of them. */
import {
  chatChunks,
  sseReply,
  type CallSpec,
  type FakeModelServer,
  type Reply,
} from '@tandem/testing'
import type { Gateway } from '../support/start-gateway.ts'

export type Json = ReturnType<typeof JSON.parse>

export const chatPath = '/v1/chat/completions'
export const runsPath = '/api/agent/runs'

/** A model that calls tools. */
export function callsReply(...toolCalls: CallSpec[]): Reply {
  return sseReply(chatChunks({ toolCalls, includeUsage: true }))
}

/** A model that answers. */
export function textReply(content: string): Reply {
  return sseReply(chatChunks({ content, includeUsage: true }))
}

export const calculate = (expression: string, id = 'call_0'): CallSpec => ({
  id,
  name: 'calculator',
  arguments: { expression },
})

export const openDoor = {
  type: 'function' as const,
  function: {
    name: 'open_door',
    description: 'Opens a door.',
    parameters: { type: 'object', properties: { number: { type: 'integer' } } },
  },
}

/** A request to a scripted model behind the agent `react`. */
export function agentRequest(content: string, more: object = {}): Json {
  return {
    model: 'lmstudio/fake-model',
    agent_type: 'react',
    messages: [{ role: 'user', content }],
    ...more,
  }
}

/** What a model was asked with; -1 is the last time. */
export function sentBody({ journal }: FakeModelServer, index: number): Json {
  return journal.at(index)!.json
}

type Asked = Pick<Gateway, 'url' | 'headers'>

export async function postJson(
  { url, headers }: Asked,
  path: string,
  body: object = {},
): Promise<{ status: number; headers: Headers; json: Json }> {
  const init = { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(`${url}${path}`, init)
  return { status: response.status, headers: response.headers, json: await response.json() }
}

export async function getJson({ url, headers }: Asked, path: string): Promise<Json> {
  return (await fetch(`${url}${path}`, { headers })).json()
}

export interface LogEvent {
  id: number
  event: string
  data: Json
}

/** The whole log of a run, to the end of the stream. */
export async function readLog(
  { url, headers }: Asked,
  id: string,
  more: Record<string, string> = {},
): Promise<LogEvent[]> {
  const response = await fetch(`${url}${runsPath}/${id}/events`, {
    headers: { ...headers, ...more },
  })
  return parseLog(await response.text())
}

/** Comments are left out. @throws Error for an event that is not whole */
export function parseLog(text: string): LogEvent[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [, id, event, data] = /^id: (\d+)\nevent: (\S+)\ndata: (.*)$/.exec(block) ?? []
      if (id === undefined || event === undefined) throw new Error(`No whole event: ${block}`)
      return { id: Number(id), event, data: JSON.parse(data ?? '') }
    })
}

export interface Completion {
  text: string
  reasoning: string
  calls: Json[]
  finish: string[]
  frames: Json[]
  headers: Headers
  error: Json
}

/** A streamed completion, put together by hand. */
export async function streamed(
  { url, headers }: Asked,
  path: string,
  body: object,
): Promise<Completion> {
  const init = { method: 'POST', headers, body: JSON.stringify({ ...body, stream: true }) }
  const response = await fetch(`${url}${path}`, init)
  const data = (await response.text()).split('\n\n').filter((event) => event.startsWith('data: '))
  const chunks: Json[] = data
    .filter((event) => event !== 'data: [DONE]')
    .map((event) => JSON.parse(event.slice('data: '.length)))
  const choices: Json[] = chunks.flatMap((chunk) => chunk.choices ?? [])
  return {
    text: choices.map(({ delta }) => delta.content ?? '').join(''),
    reasoning: choices.map(({ delta }) => delta.reasoning_content ?? '').join(''),
    calls: choices.flatMap(({ delta }) => delta.tool_calls ?? []),
    finish: choices.flatMap(({ finish_reason }) => finish_reason ?? []),
    frames: chunks.flatMap(({ x_agent }) => x_agent ?? []),
    headers: response.headers,
    error: chunks.find(({ error }) => error)?.error,
  }
}
